/**
 * The one way back after an interruption: a lost connection, a restart, a failover, a lock or a full disk ends the attempt,
 * and the whole work starts again from its marks, exactly as after a kill. No statement and no transaction is repeated, so
 * it need not be known whether a COMMIT whose answer was lost was kept.
 */
import { DatabaseTrouble, troubleIn } from '../db/trouble.ts'

export interface Patience {
  /** Without progress for longer, the trouble is given up and the command ends with 75. */
  readonly mostMs: number
  /** Milliseconds of a clock that is never set. */
  readonly nowMs: () => number
  /** Rejects when the command was told to stop. */
  readonly wait: (ms: number) => Promise<void>
  /** Says something a person should read now. */
  readonly tell: (sentence: string) => void
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 15_000

/** `work` begins at its marks each time it is called, and calls `moved` when it has left a further one. */
export async function goOn<T>(
  { mostMs, nowMs, wait, tell }: Patience,
  work: (moved: () => void) => Promise<T>,
): Promise<T> {
  let sinceMs: number | null = null
  let waitMs = FIRST_WAIT_MS
  const moved = (): void => {
    sinceMs = null
    waitMs = FIRST_WAIT_MS
  }
  for (;;) {
    try {
      return await work(moved)
    } catch (error) {
      const trouble = troubleIn(error)
      if (trouble === null) throw error
      if (sinceMs === null)
        tell(`${trouble.message} The work starts again from where it stood, for ${minutes(mostMs)}.`)
      sinceMs ??= nowMs()
      if (nowMs() + waitMs - sinceMs > mostMs) throw givenUp(trouble, mostMs)
      await wait(waitMs)
      waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)
    }
  }
}

function givenUp({ code, message, hint, cause }: DatabaseTrouble, mostMs: number): DatabaseTrouble {
  return new DatabaseTrouble(code, `${message} It was tried again for ${minutes(mostMs)}.`, hint, { cause })
}

/** What a person decided is not done again by itself: the same trouble with where to look whether it took place. */
export function notAgain(error: unknown, shownBy: string): unknown {
  const trouble = troubleIn(error)
  if (trouble === null) return error
  const hint = `Whether it was kept is not known. Run ${shownBy} to see, and the same command again if it was not.`
  return new DatabaseTrouble(trouble.code, trouble.message, hint, { cause: trouble.cause })
}

function minutes(ms: number): string {
  const count = Math.round(ms / 60_000)
  return count === 1 ? 'a minute' : `${count} minutes`
}
