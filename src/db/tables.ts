/** Every table of the database, for Kysely. Each group is described beside the migration that made it. */
import type { AlertTables } from './alert-tables.ts'
import type { ApprovalTables } from './approval-tables.ts'
import type { ConnectionTables } from './connection-tables.ts'
import type { CompanyTables } from './company-tables.ts'
import type { CounterTables } from './counter-tables.ts'
import type { EvidenceTables } from './evidence-tables.ts'
import type { ExceptionTables } from './exception-tables.ts'
import type { ExportTables } from './export-tables.ts'
import type { JournalTables } from './journal-tables.ts'
import type { LedgerTables } from './ledger-tables.ts'
import type { MatchTables } from './match-tables.ts'
import type { OpenItemTables } from './open-item-tables.ts'
import type { OutboxTables } from './outbox-tables.ts'
import type { PanelWriteTables } from './panel-write-tables.ts'
import type { ProofTables } from './proof-tables.ts'
import type { RateSlotTables } from './rate-slot-tables.ts'
import type { RateTables } from './rate-tables.ts'
import type { RegistryTables } from './registry-tables.ts'
import type { ScanTables } from './scan-tables.ts'
import type { StatementTables } from './statement-tables.ts'
import type { WebhookTables } from './webhook-tables.ts'

export interface Tables
  extends
    LedgerTables,
    EvidenceTables,
    ExceptionTables,
    ConnectionTables,
    CompanyTables,
    CounterTables,
    RegistryTables,
    RateSlotTables,
    RateTables,
    JournalTables,
    ApprovalTables,
    ExportTables,
    OpenItemTables,
    OutboxTables,
    MatchTables,
    PanelWriteTables,
    ProofTables,
    AlertTables,
    ScanTables,
    StatementTables,
    WebhookTables {}
