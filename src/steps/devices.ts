// What a page is looked at with: a screen, and for a phone how slow it and its network are.

export interface Device {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly mobile: boolean;
  /** Absent: as quick as this machine. `cpu`: so many times slower. */
  readonly throttle?: {
    readonly cpu: number;
    readonly latencyMs: number;
    readonly downKbps: number;
    readonly upKbps: number;
  };
}

/** The network of the phone is what Lighthouse takes for a slow 4G, request by request. */
export const devices: Readonly<Record<'mobile' | 'desktop', Device>> = {
  desktop: { width: 1350, height: 940, scale: 1, mobile: false },
  mobile: {
    width: 412,
    height: 823,
    scale: 1.75,
    mobile: true,
    throttle: { cpu: 4, latencyMs: 562.5, downKbps: 1474.6, upKbps: 675 },
  },
};
