/** Saying whom orders were for, from the command line. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newFolder, run, type Ran } from './support.ts'

function folder() {
  const { path, database } = newFolder()
  const env = { NETPANEL_KEY: 'a-key' }
  const tieout = (...argv: readonly string[]): Promise<Ran> =>
    run(['--config', join(path, 'tieout.yaml'), ...argv], { env })
  const clients = async () => {
    const rows = await (await database()).kysely.selectFrom('order_client').select(['order_id', 'client']).execute()
    return rows.map(({ order_id, client }) => [order_id, client])
  }
  return { path, tieout, clients }
}

describe('tieout orders tag', () => {
  it('tags ids and a file of them, and untag takes tags away', async () => {
    const { path, tieout, clients } = folder()
    const file = join(path, 'ids.txt')
    writeFileSync(file, '#103\r\n\n104\n')
    const tagged = await tieout('orders', 'tag', '--client', 'Acme Ltd', '--by', 'ann', '101', '--file', file)
    expect(tagged).toMatchObject({ exitCode: 0, stderr: '' })
    expect(tagged.stdout).toBe(
      'netpanel: 3 tagged for Acme Ltd, 0 were so before. Journals approved from now on are divided by it.\n',
    )
    const untagged = await tieout('orders', 'untag', '--by', 'ann', '103', '999')
    expect(untagged.stdout).toContain('netpanel: 1 untagged, 1 were so before.')
    expect(await clients()).toEqual([
      ['101', 'Acme Ltd'],
      ['104', 'Acme Ltd'],
    ])
  })

  it('keeps nothing in a dry run', async () => {
    const { tieout, clients } = folder()
    const ran = await tieout('orders', 'tag', '--client', 'acme', '--by', 'ann', '1', '--dry-run')
    expect(ran.stdout).toContain('Dry run: nothing was kept.')
    expect(await clients()).toEqual([])
  })

  it.each([
    [['--client', ' ', '--by', 'ann', '1'], '" " is not a client.'],
    [['--client', 'acme', '--by', 'ann'], 'No order is named.'],
    [['--client', 'acme', '--by', 'ann', 'a b'], '"a b" is not an order id.'],
    [['--client', 'acme', '--by', 'ann', '--file', '/nowhere/ids'], 'The file /nowhere/ids cannot be read.'],
  ])('%j is refused', async (argv, sentence) => {
    const ran = await folder().tieout('orders', 'tag', ...argv)
    expect(ran.exitCode).toBe(2)
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain(sentence)
  })
})
