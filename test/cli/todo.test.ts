/** `tieout todo`: at most three lines for each thing that waits, all of it as JSON, and what merely waits apart. */
import { expect, it } from 'vitest'
import { desk, NOW } from './money-desk.ts'

const LATER = ['--now', '2026-04-20T12:00:00Z']

interface Item {
  readonly id: string
  readonly object: string
  /** Null behind the limit. */
  readonly choices: readonly { readonly command: string; readonly words: string }[] | null
}

interface Todo {
  readonly items: readonly Item[]
}

it('names the choices of a line in three lines at most, and all of them as JSON', async () => {
  const tieout = await desk()
  await tieout('reconcile', 'run', ...NOW)
  const { stdout } = await tieout('todo', ...NOW)
  const shown = stdout.split('\n')
  const at = shown.findIndex((line) => line.includes('LINE_UNMATCHED line:2: '))
  const name = /^E-\d+/.exec(shown[at] ?? '')?.[0] ?? 'none'
  expect(shown[at]).toMatch(/ bank +80\.00 +USD +\d+d +LINE_UNMATCHED line:2: /)
  expect(shown[at + 1]).toBe(`    tieout decide ${name} confirm`)
  expect(shown[at + 2]).toMatch(/^ {4}or reject, match --item \d+, .*, \d+ more \(tieout explain E-\d+\)$/)
  expect(shown[at + 3]).not.toMatch(/^ {4}/)
  const { items } = JSON.parse((await tieout('todo', '--json', ...NOW)).stdout) as Todo
  const words = items.find(({ object }) => object === 'line:2')?.choices?.map(({ command }) => command) ?? []
  expect(words).toEqual(expect.arrayContaining([`tieout decide ${name} match --item 2`, `tieout decide ${name} 6110`]))
  expect(words.at(-1)).toBe(`tieout decide ${name} write-off`)
})

it('offers only what a person may enter: each choice is taken, or asks a second person', async () => {
  const tieout = await desk()
  await tieout('reconcile', 'run', ...LATER)
  const { items } = JSON.parse((await tieout('todo', '--json', ...LATER)).stdout) as Todo
  const commands = items.flatMap(({ choices }) => (choices ?? []).map(({ command }) => command))
  const ready = commands.filter((command) => /^tieout decide [^A-Z]*E-\d+[^A-Z]*$/.test(command))
  expect(ready.length).toBeGreaterThan(10)
  for (const command of ready) {
    const argv = command.split(' ').slice(1)
    const said = await tieout(...argv, '--by', 'Ann', '--why', 'x', '--dry-run', ...LATER)
    expect([command, said.exitCode, said.stderr]).toEqual([command, 0, ''])
  }
})

it('shows the gravest ones up to a limit, and says how many there are', async () => {
  const tieout = await desk()
  await tieout('reconcile', 'run', ...LATER)
  const all = await tieout('todo', ...LATER)
  const [, count = ''] = /^(\d+) items/m.exec(all.stdout) ?? []
  const { stdout } = await tieout('todo', '--limit', '1', ...LATER)
  expect(stdout).toContain(`${count} items, `)
  expect(stdout).toContain('; the gravest are shown, --limit shows more.')
  expect(stdout.match(/^E-\d+ /gm)).toHaveLength(1)
  const { items } = JSON.parse((await tieout('todo', '--limit', '1', '--json', ...LATER)).stdout) as Todo
  expect(items).toHaveLength(Number(count))
  expect(items.map(({ choices }) => choices !== null)).toEqual(items.map((_, at) => at === 0))
})

it('says that a decision waits for a second person, before everything else', async () => {
  const tieout = await desk()
  await tieout('reconcile', 'run', ...NOW)
  await tieout('decide', 'line:4', 'ignore', '--by', 'Ann', '--why', 'not ours', ...NOW)
  const { stdout } = await tieout('todo', ...NOW)
  expect(stdout).toMatch(
    /^\d+ journals wait for approval, .*: tieout journals prepare --through 2026-03-09\n1 decision waits for a second person to say the same: tieout reconcile list --asks\n\nId /,
  )
  expect((await tieout('todo', '--source', 'pub', ...NOW)).stdout).not.toContain('second person')
})

it('lists apart what merely waits: money that is not late, and journals that somebody holds', async () => {
  const tieout = await desk()
  await tieout('reconcile', 'run', ...NOW)
  const held = ['journals', 'hold', '2026-03-04', '--by', 'Ann', '--why', 'the client disputes it', ...NOW]
  expect((await tieout(...held)).stderr).toBe('')
  const { stdout } = await tieout('todo', '--waiting', ...NOW)
  expect(stdout).toMatch(/^Statements should show, and are not late:\nDue /)
  expect(stdout).toMatch(/^2026-03-\d\d +payout +pub +payout:PO-3 +99\.00 +USD$/m)
  expect(stdout).toContain('The journal 2026-03-04 waits. Held by Ann since 2026-03-10: the client disputes it.\n')
  expect(stdout).toContain('3 things that nobody has to do anything about now.')
  const document = JSON.parse((await tieout('todo', '--waiting', '--json', ...NOW)).stdout)
  expect(document).toMatchObject({ expected: [{ source: 'pub' }, { open: '99.00000000' }], refunds: [], held: [{}] })
  expect((await tieout('todo', '--waiting', ...LATER)).stdout).not.toContain('payout:PO-3')
})

it('takes back what was decided about a line, and the books are as before', async () => {
  const tieout = await desk()
  await tieout('reconcile', 'run', ...LATER)
  const signed = ['--by', 'Ann', '--why', 'x', ...LATER]
  const inbox = async (): Promise<readonly Item[]> =>
    (JSON.parse((await tieout('todo', '--json', ...LATER)).stdout) as Todo).items
  // Sums of debits and credits grow; what is on each account does not.
  const balances = async (): Promise<readonly string[]> => {
    const { stdout } = await tieout('ledger', 'balances', ...LATER)
    return stdout.split('\n').map((line) => line.replace(/ .* (\S+)$/, ' $1'))
  }
  const name = (await inbox()).find(({ object }) => object === 'line:2')?.id ?? 'none'
  const [before, open] = [await balances(), await inbox()]
  const early = await tieout('undo', name, ...signed)
  expect(early).toMatchObject({ exitCode: 2, stdout: '' })
  expect(early.stderr).toContain(`There is nothing to take back of ${name}: nobody has decided it.`)
  await tieout('decide', name, 'assign', '--to', 'Bea', ...signed)
  expect((await tieout('undo', name, ...signed)).stderr).toContain(`${name} was only given to Bea.`)
  expect((await tieout('decide', name, 'match', '--item', '2', ...signed)).stderr).toBe('')
  expect((await inbox()).map(({ object }) => object)).not.toContain('line:2')
  expect(await balances()).not.toEqual(before)
  const dry = await tieout('undo', name, '--dry-run', ...signed)
  expect(dry.stdout).toContain('Dry run: nothing was kept.')
  const undone = await tieout('undo', name, ...signed)
  expect(undone).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining('is undone') as unknown })
  await tieout('reconcile', 'run', ...LATER)
  expect(await balances()).toEqual(before)
  expect((await inbox()).map(({ id }) => id)).toEqual(open.map(({ id }) => id))
  expect((await tieout('ledger', 'verify', '--rebuild', ...LATER)).stdout).toContain('everything holds')
})
