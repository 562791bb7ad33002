/**
 * The columns of tieout's own evidence file, and how one file is to be read: decided when it is opened, landed beside
 * every chunk, and enough to read the chunk again.
 */
import { z } from 'zod'
import type { ColumnRules } from '../csv/columns.ts'

const EVIDENCE_FIELDS = ['date', 'source', 'kind', 'amount', 'currency', 'reference', 'note'] as const
export type EvidenceField = (typeof EVIDENCE_FIELDS)[number]

export const EVIDENCE_COLUMNS: ColumnRules<EvidenceField> = {
  date: { title: 'date', required: true, names: ['date'] },
  source: { title: 'source', required: true, names: ['source'] },
  kind: { title: 'kind', required: true, names: ['kind'] },
  amount: { title: 'amount', required: true, names: ['amount'] },
  currency: { title: 'currency', required: true, names: ['currency'] },
  reference: { title: 'reference', required: false, names: ['reference'] },
  note: { title: 'note', required: false, names: ['note'] },
}

export const evidenceLayoutSchema = z.strictObject({
  delimiter: z.enum([',', ';', '\t', '|']),
  headers: z.array(z.string()),
  /** Field to column number from 0. */
  columns: z.partialRecord(z.enum(EVIDENCE_FIELDS), z.int().min(0)),
  /** Null: no amount in the first chunk had a mark. */
  decimal: z.enum(['.', ',']).nullable(),
})

export type EvidenceLayout = Readonly<z.infer<typeof evidenceLayoutSchema>>
