/** `tieout refunds rules`: what a person sees of a rule before accepting it. */
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { json, startServer } from '../http/support.ts'
import { newFolder, run } from './support.ts'

const CONFIG = `database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    sources:
      - { name: panel, type: panel, baseUrl: 'SERVER/panel', apiKey: { env: PANEL_KEY }, currency: USD }
`

it('shows how the panel rounds what would be accepted', async () => {
  const server = await startServer((response) => json(response, 200, { balance: '25.50', currency: 'USD' }))
  onTestFinished(() => server.close())
  const { path: folder } = newFolder(CONFIG.replaceAll('SERVER', server.url))
  const tieout = (...argv: string[]) =>
    run(['--config', join(folder, 'tieout.yaml'), ...argv], { env: { PANEL_KEY: 'panel-key-1' } })
  await tieout('sync', '--now', '2026-03-20T00:16:00Z')
  const raw = new BetterSqlite3(join(folder, 'tieout.db'))
  for (const kind of ['cancel', 'partial'])
    raw.exec(`insert into refund_rule (book, source, refund_case, status, cases, amounts, decided_by, why, evidence_batch)
      values (1, 1, '${kind}', 'proposed', 31, '["1","2","3","4","5"]', '', '', 1)`)
  raw.exec(
    `insert into refund_rounding (book, source, refund_case, mode, decimals) values (1, 1, 'partial', 'floor', 2)`,
  )
  raw.close()
  const { stdout } = await tieout('refunds', 'rules', 'list')
  expect(stdout).toMatch(/panel +cancel +proposed +31 +5\+ +in full/)
  expect(stdout).toMatch(/panel +partial +proposed +31 +5\+ +floor, 2 decimals/)
})
