/** Waiting, as something that is passed in: programs wait on the wall clock, tests move a clock of their own. */
import { setTimeout as delay } from 'node:timers/promises'

/** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>

export const sleepOnWallClock: Sleep = (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal })
