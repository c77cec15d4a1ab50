/** When the lock of a run that is silent may be taken over; milliseconds. */
export interface Timing {
  /** How often a holder renews its lock. */
  readonly beat: number;
  /** How long a lock counts without being renewed. */
  readonly expiry: number;
  /** How long one that looks expired is watched for a sign of life: clocks differ. */
  readonly watch: number;
}

/** Several beats must fail before a lock looks expired, and one more must be seen to fail. */
export const usualTiming: Timing = { beat: 5_000, expiry: 30_000, watch: 12_000 };
