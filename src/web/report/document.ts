/** A page that stands alone: no scripts, nothing fetched. What is put into it is escaped by hono, whoever wrote it. */
import { html, raw } from 'hono/html'
import type { Html } from './parts.ts'
import { STYLE } from './style.ts'

export async function document(title: string, body: Html): Promise<string> {
  const text = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`
  return `${text.toString()}\n`
}
