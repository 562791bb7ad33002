/** The pieces every section of the report is made of: tables whose figures align, and instants that can be read. */
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { aligned } from '../../pipeline/report/words.ts'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** Wrong, or open. */
type Tone = '' | 'bad' | 'warn'

export interface Cell {
  readonly text: string
  readonly isFigure?: boolean
  readonly tone?: Tone
  /** The command that shows what is behind it: shown when pointed at. */
  readonly trace?: string
  /** Said below it, smaller. */
  readonly note?: string
}

export function figure(text: string, tone: Tone = ''): Cell {
  return { text, isFigure: true, tone }
}

/** Null when nothing leads behind it. */
export function traced(cell: Cell, trace: string | null): Cell {
  return trace === null ? cell : { ...cell, trace }
}

/** A title that starts with ">" is over figures, which go right. The first cell of a row names it. */
export function table(caption: string, titles: readonly string[], cells: readonly (readonly Cell[])[]): Html {
  const rows = withAlignedFigures(titles, cells)
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${titles.map((title) =>
            title.startsWith('>')
              ? html`<th scope="col" class="figure">${title.slice(1)}</th>`
              : html`<th scope="col">${title}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** As wide as a digit, where digits are all as wide. */
const FIGURE_SPACE = '\u2007'

function withAlignedFigures(titles: readonly string[], rows: readonly (readonly Cell[])[]) {
  const columns = titles.map((_, index) =>
    aligned(
      rows.map((row) => row[index]?.text ?? ''),
      FIGURE_SPACE,
    ),
  )
  return rows.map((row, at) =>
    row.map((each, index) => (each.isFigure === true ? { ...each, text: columns[index]?.[at] ?? each.text } : each)),
  )
}

function cell({ text, isFigure = false, tone = '', trace, note = '' }: Cell, index: number): Html {
  const kind = [isFigure ? 'figure' : '', tone].filter((each) => each !== '').join(' ')
  const inner = trace === undefined ? html`${text}` : withTrace(text, trace)
  const below = note === '' ? '' : html`<small>${note}</small>`
  if (index === 0 && text !== '') return html`<th scope="row">${inner}${below}</th>`
  return kind === '' ? html`<td>${inner}</td>` : html`<td class="${kind}">${inner}</td>`
}

/** The line under a figure ends with it, and not with the blanks that align it. */
export function withTrace(text: string, trace: string): Html {
  const shown = text.replace(/\u2007+$/, '')
  return html`<abbr title="${trace}">${shown}</abbr>${text.slice(shown.length)}`
}

/** 2026-03-19 00:05:00 UTC */
export function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
