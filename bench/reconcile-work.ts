/**
 * What the reconciliation benchmark measures, in a process of its own: as many payouts and top-ups as statement lines are
 * imported and matched, then the same book is reconciled again, and once more for the next night. Prints one JSON line with the CPU time of each part.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { keepHeapSmall } from '../src/cli/heap.ts'
import { parseConfig } from '../src/config/load.ts'
import { openDatabase } from '../src/db/database.ts'
import { addDays } from '../src/domain/time/dates.ts'
import { evidenceFile } from '../src/pipeline/import-kinds.ts'
import { importStatements } from '../src/pipeline/import-statement.ts'
import { importFiles } from '../src/pipeline/imports.ts'
import { runReconcile } from '../src/pipeline/reconcile/run.ts'
import { NOTHING_SAID } from '../src/pipeline/statements/kept-profile.ts'
import type { RunEnvironment } from '../src/pipeline/with-run.ts'

keepHeapSmall()
const lines = Number(argv[2])
const FIRST_DAY = '2024-01-01'
const DAYS = 720
const NOW_MS = Date.parse('2026-07-20T12:00:00Z')
const NIGHT = '2026-07-19'
/** One line in so many is a payout; the others are top-ups. */
const PAYOUT_EVERY = 50
/** One line in so many is of something the books do not know. */
const UNKNOWN_EVERY = 100

const folder = mkdtempSync(join(tmpdir(), 'tieout-bench-'))
const config = parseConfig(
  `database: sqlite:./bench.db
books:
  - name: bench
    currency: USD
    accounts:
      - name: bank
        type: bank
        currency: USD
        code: '1000'
        rules:
          - { contains: NETPANEL, means: top-up, source: panel }
          - { contains: PAYELANCER, means: payout, source: pub }
    sources:
      - { name: pub, type: payelancer, role: publisher, baseUrl: 'http://127.0.0.1:9', apiKey: { env: K }, currency: USD, payouts: { schedule: stated } }
      - { name: panel, type: panel, baseUrl: 'http://127.0.0.1:9', apiKey: { env: K }, currency: USD }
`,
  join(folder, 'tieout.yaml'),
)
const [book] = config.books
if (book === undefined) throw new RangeError('the configuration has one book')
const database = await openDatabase(`sqlite:${join(folder, 'bench.db')}`)
const environment: RunEnvironment = {
  database,
  clock: { nowMs: () => NOW_MS },
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
}
const request = { config, book, env: { K: 'bench' } }
const cpuMs: Record<string, number> = {}

async function measured<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  cpuMs[name] = (user + system) / 1000
  return result
}

function write(name: string, rows: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, `${rows.join('\n')}\n`)
  return path
}

const expected = ['date,source,kind,amount,currency,reference,note', `${FIRST_DAY},pub,opening-balance,99999999,USD,,`]
const shown = ['Date,Description,Amount']
for (let index = 0; index < lines; index += 1) {
  const date = addDays(FIRST_DAY, Math.floor((index / lines) * DAYS))
  const seen = addDays(date, 1)
  // Amounts come again every few months, as real ones do.
  const amount = `${100 + (index % 4999)}.${10 + (index % 89)}`
  const isPayout = index % PAYOUT_EVERY === 0
  expected.push(`${date},${isPayout ? 'pub,payout' : 'panel,top-up'},${amount},USD,R-${index},`)
  if (index % UNKNOWN_EVERY === 1) shown.push(`${seen},SOMEBODY ${index},-3.${10 + (index % 89)}`)
  else shown.push(`${seen},${isPayout ? 'PAYELANCER' : 'NETPANEL'} ${index},${isPayout ? '' : '-'}${amount}`)
}
const evidence = write('evidence.csv', expected)
const path = write('bank.csv', shown)
const said = { ...NOTHING_SAID, columns: { roles: {}, sign: 'in-positive' } } as const
await measured('evidence', () => importFiles(environment, request, [evidenceFile(evidence)]))
await measured('import', () =>
  importStatements(environment, request, [{ path, account: 'bank', format: 'bank-csv', said }]),
)
const { posted } = await measured('again', () => runReconcile(environment, request, NIGHT))
if (posted !== 0) throw new RangeError(`the second reconciliation posted ${posted}`)
const tomorrow: RunEnvironment = { ...environment, clock: { nowMs: () => NOW_MS + 86_400_000 } }
await measured('night', () => runReconcile(tomorrow, request, addDays(NIGHT, 1)))
const count = await database.kysely
  .selectFrom('match_leg')
  .select(({ fn }) => fn.countAll<bigint>().as('legs'))
  .where('side', '=', 'line')
  .executeTakeFirstOrThrow()
await database.close()
rmSync(folder, { recursive: true })
process.stdout.write(
  `${JSON.stringify({ cpuMs, matched: Number(count.legs), peakMib: process.resourceUsage().maxRSS / 1024 })}\n`,
)
