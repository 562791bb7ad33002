/** Every table of the database, for Kysely. Each group is described beside the migration that made it. */
import type { EvidenceTables } from './evidence-tables.ts'
import type { JournalTables } from './journal-tables.ts'
import type { LedgerTables } from './ledger-tables.ts'

export interface Tables extends LedgerTables, EvidenceTables, JournalTables {}
