/**
 * Splits rendered journals into files of a limited number of rows. A file ends on the boundary of a journal, because
 * both importers read a journal from consecutive rows of one file.
 */
import {
  debitsAndCredits,
  type JournalDocument,
  type LeftOut,
  type Rendered,
  type RenderedFile,
  type TargetLine,
  type TargetLines,
} from '../document.ts'
import { csvText, type Row } from './csv-text.ts'

export interface DocumentRows {
  readonly document: JournalDocument
  readonly rows: readonly Row[]
  /** The amounts in the rows, for the control totals. */
  readonly amounts: readonly bigint[]
}

interface FileLayout {
  readonly header: readonly string[]
  readonly rowLimit: number
  /** Written before the header: a byte order mark, or nothing. */
  readonly prefix: string
}

/** How one format writes a journal's lines, whose accounts are `A`. */
export interface RowWriter<A> {
  readonly fit: (document: JournalDocument) => TargetLines<A>
  readonly row: (document: JournalDocument, line: TargetLine<A>) => Row
}

/** Journals as files of rows; those that do not fit the format are left out, with the reason. */
export function renderRows<A>(
  documents: readonly JournalDocument[],
  { fit, row }: RowWriter<A>,
  layout: FileLayout,
): Rendered {
  const ready: DocumentRows[] = []
  const leftOut: LeftOut[] = []
  for (const document of documents) {
    const fitted = fit(document)
    if (!fitted.ok) leftOut.push({ document: document.document, reason: fitted.reason })
    else {
      const rows = fitted.lines.map((line) => row(document, line))
      ready.push({ document, rows, amounts: fitted.lines.map((line) => line.rounded) })
    }
  }
  return { files: packFiles(ready, layout), leftOut }
}

export function packFiles(documents: readonly DocumentRows[], layout: FileLayout): readonly RenderedFile[] {
  return groups(documents, layout.rowLimit).map((group) => {
    const rows = group.flatMap((each) => each.rows)
    return {
      text: layout.prefix + csvText(layout.header, rows),
      rows: rows.length,
      totals: debitsAndCredits(
        group.flatMap(({ amounts, document: { currency } }) => amounts.map((amount) => ({ currency, amount }))),
      ),
      documents: group.map((each) => each.document.document),
    }
  })
}

function groups(documents: readonly DocumentRows[], rowLimit: number): readonly (readonly DocumentRows[])[] {
  const all: DocumentRows[][] = []
  let used = rowLimit
  for (const document of documents) {
    const size = document.rows.length
    const last = all.at(-1)
    if (last === undefined || used + size > rowLimit) {
      all.push([document])
      used = size
    } else {
      last.push(document)
      used += size
    }
  }
  return all
}
