/**
 * That PostgreSQL lost transactions it had confirmed, as the daemon noticed it. It goes on where the database stands; so
 * that a person hears of it by the ways that exist, the next night of each book fails once with the sentence: an error in
 * the log, an alert, a 503 of /healthz until the night is done.
 */
import type { TransientError } from '../../domain/errors.ts'
import type { NightOutcome } from '../../pipeline/serve/ticks.ts'

export interface Losses {
  readonly tell: (error: TransientError) => void
  /** The sentence while the night of a book has not failed with it; null when there is none. */
  readonly untold: () => string | null
  /** The night of a book, or what it fails with instead. */
  readonly before: (book: string, runNight: () => Promise<NightOutcome>) => Promise<NightOutcome>
}

export function createLosses(log: (sentence: string) => void): Losses {
  let sentence: string | null = null
  let told = new Set<string>()
  return {
    tell: ({ message, hint }) => {
      sentence = `${message} ${hint}`
      told = new Set()
      log(sentence)
    },
    untold: () => (told.size > 0 ? null : sentence),
    before: async (book, runNight) => {
      if (sentence === null || told.has(book)) return runNight()
      told.add(book)
      return { kind: 'transient', detail: sentence }
    },
  }
}
