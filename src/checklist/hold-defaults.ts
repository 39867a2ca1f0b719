// What a hold is when it does not say.

export const holdDefaults = { every: '1m', coverage: '90%', maxGap: '3m', settle: '3m' } as const;
