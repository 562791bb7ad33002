/**
 * What a person can do in an accounting system without asking the API: look at every entry, edit, delete, duplicate or
 * void one, close the books. Both emulators show their entries in the same few words.
 */
import { z } from 'zod'
import { parseMoney, unitsOf, type Units } from '../../domain/money/money.ts'

export interface HandEntry {
  readonly id: string
  /** Realm or tenant id. */
  readonly company: string
  /** QuickBooks' number; null in Xero, which has none. */
  readonly document: string | null
  readonly date: string
  readonly currency: string
  readonly memo: string
  readonly status: 'posted' | 'draft' | 'voided' | 'deleted'
  readonly version: string
  readonly lines: readonly {
    /** QuickBooks' account id, Xero's code. */
    readonly account: string
    /** Debit positive. */
    readonly amount: Units
    readonly description: string
  }[]
}

const amount = z
  .string()
  .refine((text) => parseMoney(text).ok, 'an amount in quotes, such as "-12.34"')
  .transform(unitsOf)

export const handEdit = z
  .strictObject({
    id: z.string(),
    document: z.string().optional(),
    date: z.iso.date().optional(),
    memo: z.string().optional(),
    lines: z
      .array(z.strictObject({ account: z.string(), amount, description: z.string().default('') }))
      .min(2)
      .optional(),
  })
  .refine(({ lines = [] }) => lines.reduce((sum, line) => sum + line.amount, 0n) === 0n, 'the lines must sum to zero')
export type HandEdit = z.infer<typeof handEdit>

/** Each answers with a sentence when it cannot be done. */
export interface Hand {
  readonly entries: () => readonly HandEntry[]
  readonly edit: (edit: HandEdit) => string | undefined
  readonly remove: (id: string) => string | undefined
  readonly duplicate: (id: string) => string | undefined
  readonly void: (id: string) => string | undefined
  /** Replaces the named settings of one company, the first when none is named. */
  readonly settings: (body: unknown) => string | undefined
  /** Ends access tokens, refresh tokens, or both. */
  readonly expire: (what: 'access' | 'refresh' | 'all') => void
}
