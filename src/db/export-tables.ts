/** Row types of exports: files handed out and the journals in them. Both only grow. */
type Int = bigint

interface ExportFileTable {
  readonly book: Int
  readonly n: Int
  readonly format: string
  readonly path: string
  readonly sha256: Buffer
  readonly by_person: string
  readonly at_ms: Int
}

interface ExportJournalTable {
  readonly book: Int
  readonly journal: Int
  readonly file: Int
}

export interface ExportTables {
  export_file: ExportFileTable
  export_journal: ExportJournalTable
}
