// Keeping an anchor: the store is seen to refuse a second put, and then takes one object that nobody can change.

import { exitCodes, GoliveError } from '../errors.ts';
import { anchorKey, type AnchorRecord, anchorText, largestAnchor } from '../log/anchor-record.ts';
import { verifyExits } from '../log/verify.ts';
import { bytesOf, placeText, tokenOf, type AnchorBucket, type Sent } from './anchor-bucket.ts';

/** An anchor that is in the store. */
export interface KeptAnchor {
  /** `s3://BUCKET/KEY`. */
  readonly place: string;
  /** Which version of the object it is. */
  readonly token: string;
  /** It was there before. */
  readonly already: boolean;
  /** Until when nobody can change or delete it, as far as could be seen. */
  readonly lockedUntil: Date | undefined;
}

/**
 * Puts an object twice where none is, and throws GoliveError `anchor` unless the second is refused: a store that writes
 * over what is there keeps nothing. The object stays; the next test finds it refused at once.
 */
export async function testStore(bucket: AnchorBucket, signal: AbortSignal): Promise<void> {
  const { prefix } = bucket.place;
  const key = `${prefix === '' ? '' : `${prefix}/`}golive-canary.json`;
  const put = (): Promise<Sent> => bucket.create(key, '{"canary":"golive"}', undefined, signal);
  await put();
  const second = await put();
  if ('refused' in second && second.refused === 'exists') return;
  const place = placeText(bucket, key);
  if ('stored' in second) {
    throw new GoliveError('anchor', `the store wrote over ${place}, which was there: it would keep no anchor either`, {
      hint: 'It has to honour If-None-Match, as S3 does. Nothing was anchored.',
    });
  }
  const why = 'unknown' in second ? second.unknown : 'somebody else is writing there';
  throw new GoliveError('anchor', `whether the store refuses to write over ${place} could not be seen: ${why}`, {
    hint: 'Nothing was anchored. Try again.',
    exit: exitCodes.undecided,
  });
}

/**
 * Creates the anchor, locked until a date, or finds it there. Throws GoliveError `diverged` (exit 22) when another head is
 * kept for that event, and `anchor` when it is not known to be kept.
 */
export async function keepAnchor(
  bucket: AnchorBucket,
  record: AnchorRecord,
  until: Date,
  signal: AbortSignal,
): Promise<KeptAnchor> {
  const key = anchorKey(bucket.place.prefix, record);
  const text = anchorText(record);
  const place = placeText(bucket, key);
  const sent = await bucket.create(key, text, until, signal);
  const there = await readBack(bucket, key, signal).catch((error: unknown) => {
    // Whoever may only write has the store's word that it did.
    if ('stored' in sent && error instanceof GoliveError) return 'unread' as const;
    throw error;
  });
  if (there === 'unread') return { place, token: tokenIn(sent), already: false, lockedUntil: undefined };
  if (there === undefined) throw absent(place, sent);
  if (there.text !== text) throw diverged(place, record, there.text);
  if (there.mode !== undefined && there.mode !== 'COMPLIANCE') throw unlocked(place);
  return { place, token: there.token, already: 'refused' in sent, lockedUntil: there.until };
}

function tokenIn(sent: Sent): string {
  return 'stored' in sent ? sent.stored : '';
}

function absent(place: string, sent: Sent): GoliveError {
  const said =
    'stored' in sent ? 'the store said that it took it' : 'the store refused to create it as one that is there';
  const why = 'unknown' in sent ? sent.unknown : said;
  return new GoliveError('anchor', `${place} is not there: ${why}`, { hint: 'Try again.', exit: exitCodes.undecided });
}

function diverged(place: string, { run, seq }: AnchorRecord, text: string): GoliveError {
  return new GoliveError('diverged', `${place} says something else about event ${seq}: ${text.slice(0, 300)}`, {
    hint: `Either this log was rewritten, or that is not its anchor: golive anchor check ${run} says more.`,
    exit: verifyExits.DIVERGED,
  });
}

function unlocked(place: string): GoliveError {
  return new GoliveError('anchor', `${place} is not locked as was asked for: somebody could still change it`, {
    hint: 'Use a bucket with Object Lock that takes COMPLIANCE.',
  });
}

interface ReadBack {
  readonly text: string;
  readonly token: string;
  readonly mode: string | undefined;
  readonly until: Date | undefined;
}

async function readBack(bucket: AnchorBucket, key: string, signal: AbortSignal): Promise<ReadBack | undefined> {
  const answer = await bucket.read('GetObject', { Key: key }, signal);
  if (answer === undefined) return undefined;
  const { Body: body, VersionId: version, ETag: etag, ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = answer;
  const bytes = await bytesOf(body, largestAnchor, placeText(bucket, key));
  return {
    text: bytes === undefined ? '(something too large)' : new TextDecoder().decode(bytes),
    token: tokenOf(version, etag),
    mode: typeof mode === 'string' ? mode : undefined,
    until: until instanceof Date ? until : undefined,
  };
}
