/** The pieces every section of the report is made of: tables whose figures align, and instants that can be read. */
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export interface Cell {
  readonly text: string
  readonly isFigure?: boolean
  readonly tone?: '' | 'bad'
}

export function figure(text: string, tone: '' | 'bad' = ''): Cell {
  return { text, isFigure: true, tone }
}

/** A title that starts with ">" is over figures, which go right. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
): HtmlEscapedString | Promise<HtmlEscapedString> {
  return html`<div class="wide">
    <table>
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

function cell({ text, isFigure = false, tone = '' }: Cell) {
  const kind = [isFigure ? 'figure' : '', tone].filter((each) => each !== '').join(' ')
  return kind === '' ? html`<td>${text}</td>` : html`<td class="${kind}">${text}</td>`
}

/** 2026-03-19 00:05:00 UTC */
export function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
