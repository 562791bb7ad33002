/** What a target is sent for a journal: a table a person can read, and below it the exact bytes with their hash. */
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import type { Preview } from '../../pipeline/delivery/preview.ts'
import type { Column } from '../output.ts'
import type { Session } from '../session.ts'

/** What the target calls its accounts, by the id or code it is sent. */
export type AccountNames = ReadonlyMap<string, string>

const COLUMNS: readonly Column[] = [
  { title: 'Account there' },
  { title: 'Debit', align: 'right' },
  { title: 'Credit', align: 'right' },
  { title: 'Description' },
]

export function previewView(preview: Preview, names: AccountNames) {
  if (!preview.ok) return preview
  const bodies = preview.bodies.map(({ entry, ...body }) => ({
    ...body,
    date: entry.date,
    currency: entry.currency,
    lines: entry.lines.map(({ account, amount, description }) => ({
      account,
      name: names.get(account) ?? null,
      amount: formatExact(amount),
      description,
    })),
  }))
  return { ok: true, bodies }
}

/** The exact bytes are on lines of their own, each body under its name, table and hash. */
export function bodyLines(
  table: Session['table'],
  target: string,
  preview: Preview,
  names: AccountNames,
): readonly string[] {
  if (!preview.ok) return [`${target} cannot be sent it: ${preview.reason}`]
  if (preview.bodies.length === 0) return [`${target} is sent nothing: no account moves by a whole minor unit.`]
  return preview.bodies.flatMap(({ document, state, body, sha256, entry }) => [
    '',
    `${document} for ${target}, dated ${entry.date}, ${entry.currency}, ${state ?? 'not in its outbox yet'}:`,
    ...table(
      COLUMNS,
      entry.lines.map(({ account, amount, description }) => [
        accountText(account, names),
        amount > 0n ? formatMoney(amount) : '',
        amount < 0n ? formatMoney(-amount) : '',
        description,
      ]),
    ),
    `${Buffer.byteLength(body)} bytes, SHA-256 ${sha256}:`,
    ...body.split('\n'),
  ])
}

function accountText(account: string, names: AccountNames): string {
  const name = names.get(account)
  return name === undefined ? account : `${name} (${account})`
}
