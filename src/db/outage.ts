/**
 * The time during which a database cannot be used: how long work waits for it, and that all work of a process waits for
 * the same end. What one piece of work was, and that it is safe to repeat, is its caller's affair (repeating.ts).
 */
import { DatabaseTrouble, troubleIn } from './trouble.ts'

export interface OutageSettings {
  /** An outage that lasts longer is given up; 0 never waits. */
  readonly mostMs: number
  /** Milliseconds of a clock that is never set. */
  readonly nowMs: () => number
  /** Rejects when the command was told to stop. */
  readonly wait: (ms: number) => Promise<void>
  /** Says something a person should read now. */
  readonly tell: (sentence: string) => void
}

/** For handles whose work fails at once: a page, a person's look, a webhook that is sent again. */
export const NO_WAITING: OutageSettings = {
  mostMs: 0,
  nowMs: () => 0,
  wait: async () => undefined,
  tell: () => undefined,
}

export interface Outage {
  /** Runs `work` again after trouble that passes, until it succeeds or the outage has lasted too long. */
  readonly through: <T>(work: () => Promise<T>) => Promise<T>
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 15_000

export function createOutage({ mostMs, nowMs, wait, tell }: OutageSettings): Outage {
  /** When the outage began, for all work; null while the database answers. */
  let sinceMs: number | null = null
  const isBack = (): void => {
    if (sinceMs === null) return
    tell(`The database can be used again after ${seconds(nowMs() - sinceMs)}; the work goes on.`)
    sinceMs = null
  }
  return {
    through: async (work) => {
      // Its own beginning counts as well: other work that succeeds in between must not let one piece be tried for ever.
      let beganMs: number | null = null
      for (let attempt = 1; ; attempt += 1) {
        try {
          const result = await work()
          isBack()
          return result
        } catch (error) {
          const trouble = troubleIn(error)
          if (trouble?.recovery !== 'again' || mostMs === 0) throw trouble ?? error
          if (sinceMs === null) tell(`${trouble.message} It is tried again for ${minutes(mostMs)}.`)
          sinceMs ??= nowMs()
          beganMs ??= sinceMs
          const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 16))
          if (nowMs() + waitMs - Math.min(sinceMs, beganMs) > mostMs) throw givenUp(trouble, mostMs)
          await wait(waitMs)
        }
      }
    },
  }
}

/** The same trouble, said to be over for this run: whoever repeats work must not begin anew with it. */
function givenUp({ code, message, hint, cause }: DatabaseTrouble, mostMs: number): DatabaseTrouble {
  return new DatabaseTrouble('later', code, `${message} It was tried again for ${minutes(mostMs)}.`, hint, { cause })
}

function minutes(ms: number): string {
  const count = Math.round(ms / 60_000)
  return count === 1 ? 'a minute' : `${count} minutes`
}

function seconds(ms: number): string {
  const count = Math.round(ms / 1000)
  return count <= 1 ? 'a second' : `${count} seconds`
}
