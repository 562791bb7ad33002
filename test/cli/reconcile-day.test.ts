/** The day a reconciliation counts as: one that has ended in the book's zone, whoever asks. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newFolder, run } from './support.ts'

const CONFIG = `database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    timeZone: Asia/Tokyo
    accounts: [{ name: bank, type: bank, currency: USD }]
    sources: [{ name: panel, type: panel, baseUrl: 'http://127.0.0.1:9/api/v2', apiKey: { env: K }, currency: USD }]
`

it.each([
  ['2036-03-26', 2],
  ['2026-03-11', 2],
  ['2026-03-10', 0],
] as const)('is refused while it lasts: %s', async (day, exitCode) => {
  const { path } = newFolder(CONFIG)
  // Past midnight in Tokyo.
  const now = ['--now', '2026-03-10T16:00:00Z']
  const ran = await run(['--config', join(path, 'tieout.yaml'), 'reconcile', 'run', '--day', day, ...now], {
    env: { K: 'k' },
  })
  expect(ran).toMatchObject({
    exitCode,
    stderr: expect.stringContaining(
      exitCode === 0 ? '' : `${day} has not ended yet; the last day that has is 2026-03-10.`,
    ),
  })
})
