/** Days that no imported file shows: the next statement opens with another balance than the last one closed with. */
import { formatMoney } from '../../domain/money/money.ts'
import { gapsIn, type Gap, type Stretch } from '../../domain/statements/gaps.ts'
import type { Landed } from '../../log/landing.ts'
import { listSections, shareLines, type StatementSectionRow } from '../../evidence/statements/files.ts'
import { judge, type StandingItem } from '../engine/items.ts'
import type { BatchContext } from './context.ts'

export async function checkGaps(
  context: BatchContext,
  item: Landed,
  { account, currencies }: { readonly account: bigint; readonly currencies: ReadonlySet<string> },
): Promise<void> {
  for (const currency of currencies) await checkCurrency(context, item, account, currency)
}

async function checkCurrency(context: BatchContext, item: Landed, account: bigint, currency: string): Promise<void> {
  const prefix = `gap:${currency}:`
  const rows = await listSections(context.db, context.book, { account, currency })
  const byId = new Map(rows.map((row) => [idOf(row), row]))
  const standing: StandingItem[] = []
  // A file that adds up goes before one of the same days that does not.
  const soundFirst = rows.toSorted((a, b) => Number(a.footing === 'differs') - Number(b.footing === 'differs'))
  for (const gap of gapsIn(soundFirst.flatMap(stretchOf))) {
    const before = byId.get(gap.before.id)
    const after = byId.get(gap.after.id)
    if (before === undefined || after === undefined) continue
    if (gap.isTouching && (await shareLines(context.db, context.book, before, after))) continue
    const object = `${prefix}${gap.before.last}..${gap.after.first}`
    standing.push({ code: 'STATEMENT_GAP', object, amount: gap.moved, currency, detail: sentence(gap, currency) })
  }
  const about = (object: string): boolean => object.startsWith(prefix)
  await judge(context, item, item.source, { codes: ['STATEMENT_GAP'], about, standing })
}

function stretchOf(row: StatementSectionRow): readonly Stretch[] {
  const { first, last, opening, closing } = row
  return first === null || last === null ? [] : [{ id: idOf(row), first, last, opening, closing }]
}

function idOf({ evidence, section }: StatementSectionRow): string {
  return `${evidence.batch}.${evidence.item}.${section}`
}

function sentence({ before, after, moved }: Gap, currency: string): string {
  return (
    `The statement through ${before.last} closes with ${formatMoney(before.closing ?? 0n)} ${currency}, and the next one, ` +
    `from ${after.first}, opens with ${formatMoney(after.opening ?? 0n)}: ${formatMoney(moved)} moved on days that no imported file shows.`
  )
}
