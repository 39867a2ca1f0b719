// What the images of the stand-in's registry are made of: manifests and configurations as texts, and the digests of those.

import { createHash } from 'node:crypto';
import type { AccountState } from './account.ts';
import { idOf } from './place.ts';

export type RepositoryState = AccountState['ecr']['repositories'][string];
export type ImageState = RepositoryState['images'][string];

/** A text that is known by its own digest. */
export interface Blob {
  readonly digest: string;
  readonly text: string;
}

/** One manifest, as it is pulled. */
export interface Manifest {
  /** Of an image of the world: the one the world gives it. Of those in an index: of their text. */
  readonly digest: string;
  /** Its media type. */
  readonly type: string;
  readonly text: string;
  /** Of its layers and its configuration, in bytes; an index has none. */
  readonly size?: number;
  /** Absent from an index. */
  readonly config?: Blob;
  /** Digests of its layers. */
  readonly layers: readonly string[];
  /** The image of the world it is, or is a part of. */
  readonly image: ImageState;
  readonly part: 'whole' | 'platform' | 'attestation';
}

const types = {
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
} as const;
const indexType = 'application/vnd.oci.image.index.v1+json';
/** What builders write for the parts of an index that nothing runs on. */
const nowhere = 'unknown/unknown';

/** All manifests of a repository: each image of the world, followed by what its index leads to. */
export function manifestsOf(repository: RepositoryState): readonly Manifest[] {
  return Object.entries(repository.images).flatMap(([digest, image]) => {
    if (image.form === 'index') return indexOf(digest, image);
    const { text, ...made } = manifestOf(image, image.platforms[0] ?? nowhere, 'docker', digest);
    return [{ ...made, digest, text, part: 'whole' as const }];
  });
}

/** An index, a manifest for each platform, and the attestation that builders add to each of those. */
function indexOf(digest: string, image: ImageState): readonly Manifest[] {
  const platforms = image.platforms.map((platform) => {
    const made = manifestOf(image, platform, 'oci', `${digest} ${platform}`);
    return { ...made, digest: digestOf(made.text), part: 'platform' as const, platform };
  });
  const attestations = platforms.map(({ digest: of }) => {
    const made = manifestOf(image, nowhere, 'oci', `attestation ${of}`);
    return { ...made, digest: digestOf(made.text), part: 'attestation' as const, platform: nowhere, of };
  });
  const entries = [...platforms, ...attestations].map(({ platform, ...each }) => ({
    mediaType: each.type,
    digest: each.digest,
    size: Buffer.byteLength(each.text),
    platform: osAndArchitecture(platform),
    ...('of' in each
      ? { annotations: { 'vnd.docker.reference.digest': each.of, 'vnd.docker.reference.type': 'attestation-manifest' } }
      : {}),
  }));
  const text = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: entries });
  const whole: Manifest = { digest, type: indexType, text, layers: [], image, part: 'whole' };
  return [whole, ...platforms, ...attestations];
}

function manifestOf(
  image: ImageState,
  platform: string,
  form: 'docker' | 'oci',
  seed: string,
): Omit<Manifest, 'digest' | 'part'> & { readonly size: number; readonly config: Blob } {
  const { manifest: type, config: configType, layer: layerType } = types[form];
  const layer = { mediaType: layerType, digest: `sha256:${idOf(`layer ${seed}`, 64)}`, size: sizeOf(seed) };
  const text = JSON.stringify({
    ...osAndArchitecture(platform),
    created: image.pushed,
    config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], WorkingDir: '/app' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${idOf(`plain layer ${seed}`, 64)}`] },
  });
  const config: Blob = { digest: digestOf(text), text };
  const configSize = Buffer.byteLength(text);
  return {
    type,
    text: JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: { mediaType: configType, digest: config.digest, size: configSize },
      layers: [layer],
    }),
    size: configSize + layer.size,
    config,
    layers: [layer.digest],
    image,
  };
}

function osAndArchitecture(platform: string): { readonly architecture: string; readonly os: string } {
  const [os = 'unknown', architecture = 'unknown'] = platform.split('/');
  return { architecture, os };
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Between 40 and 57 MB, always the same for a layer. */
function sizeOf(seed: string): number {
  return 40_000_000 + Number.parseInt(idOf(seed, 6), 16);
}
