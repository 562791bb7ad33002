/**
 * What the statement benchmark measures, in a process of its own: one bank CSV of so many lines, every one of them settled
 * by a rule (or none: `unsaid`), is imported and reconciled. Prints one JSON line with CPU time and peak memory.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { keepHeapSmall } from '../src/cli/heap.ts'
import { parseConfig } from '../src/config/load.ts'
import { openDatabase } from '../src/db/database.ts'
import { addDays } from '../src/domain/time/dates.ts'
import { importStatements } from '../src/pipeline/import-statement.ts'
import { NOTHING_SAID } from '../src/pipeline/statements/kept-profile.ts'

keepHeapSmall()
const lines = Number(argv[2])
const rule = argv[3] === 'unsaid' ? '' : `\n        rules: [{ contains: card fee, means: bank-charge }]`
const FIRST_DAY = '2024-01-01'
const DAYS = 720
const NOW_MS = Date.parse('2026-07-20T12:00:00Z')

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
        code: '1000'${rule}
    sources:
      - { name: panel, type: panel, baseUrl: 'http://127.0.0.1:9', apiKey: { env: K }, currency: USD }
`,
  join(folder, 'tieout.yaml'),
)
const [book] = config.books
if (book === undefined) throw new RangeError('the configuration has one book')

const path = join(folder, 'bank.csv')
const file = openSync(path, 'w')
writeSync(file, 'Date,Description,Amount\n')
for (let index = 0; index < lines; index += 1) {
  const date = addDays(FIRST_DAY, Math.floor((index / lines) * DAYS))
  writeSync(file, `${date},CARD FEE ${index},-${1 + (index % 4999)}.${10 + (index % 89)}\n`)
}
closeSync(file)

const database = await openDatabase(`sqlite:${join(folder, 'bench.db')}`)
const before = process.cpuUsage()
await importStatements(
  {
    database,
    clock: { nowMs: () => NOW_MS },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
  },
  { config, book, env: { K: 'bench' } },
  [
    {
      path,
      account: 'bank',
      format: 'bank-csv',
      said: { ...NOTHING_SAID, columns: { roles: {}, sign: 'in-positive' } },
    },
  ],
)
const { user, system } = process.cpuUsage(before)
const peakMib = process.resourceUsage().maxRSS / 1024
const { posted } = await database.kysely
  .selectFrom('txn')
  .select(({ fn }) => fn.countAll<bigint>().as('posted'))
  .executeTakeFirstOrThrow()
await database.close()
rmSync(folder, { recursive: true })
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1000, posted: Number(posted), peakMib })}\n`)
