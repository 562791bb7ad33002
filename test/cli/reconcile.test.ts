/** `tieout reconcile` as a person types it: what a run and a list print, and what is refused with which exit code. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CONFIG, desk, NOW } from './money-desk.ts'
import { newFolder, run, type Ran } from './support.ts'

const SIGNED = ['--by', 'Ann', '--why', 'remittance advice', ...NOW]

interface Row {
  readonly id: string
  readonly code: string
  readonly object: string
}

interface Todo {
  readonly items: readonly Row[]
}

it('prints what a run did, and what is open, to the letter', async () => {
  const tieout = await desk()
  const ran = await tieout('reconcile', 'run', '--day', '2026-03-09', ...NOW)
  expect(ran.exitCode).toBe(0)
  await expect(ran.stdout).toMatchFileSnapshot('golden/reconcile-run.txt')
  await expect((await tieout('reconcile', 'list', ...NOW)).stdout).toMatchFileSnapshot('golden/reconcile-list.txt')
  const again = await tieout('reconcile', 'run', '--day', '2026-03-09', ...NOW)
  expect(again.stdout).toBe(ran.stdout)
  const queue = await tieout('todo', ...NOW)
  expect(queue.stdout).toMatch(/LINE_UNMATCHED .*match 3 is proposed for line 2/)
})

it.each([
  [['match', '9', '--item', '1'], 'there is no line 9'],
  [['match', '4', '--item', '9'], 'there is no open item 9'],
  [['match', '1', '--item', '3'], 'line 1 is settled already'],
  [['match', 'x', '--item', '3'], '"x" is not the number of a line'],
  [['match', '4', '--item', '3', '--difference', 'odd'], 'Say one of'],
])('refuses reconcile %j with exit code 2 and the reason', async (argv, words) => {
  const tieout = await desk()
  expect(await tieout('reconcile', ...argv, ...SIGNED)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(words),
  })
})

it.each([
  [['match:1', 'confirm'], 'match 1 is active, not proposed'],
  [['match:77', 'reject'], 'there is no match 77'],
  [['match:3', 'unmatch'], 'match 3 is proposed, not active'],
  [['match:3', 'ignore'], '"ignore" does not fit match:3.'],
  [['line:1', 'ignore'], '"ignore" does not fit line:1 as it stands now.'],
  [['line:9', 'income'], 'there is no line 9'],
  [['line:4', '7777'], 'copy it into the folder that mappings: of tieout.yaml names'],
  [['line:4', 'match', '--line', '4'], '"match" says nothing about --line.'],
  [['item:9', 'write-off'], 'There is no expected item 9.'],
  [['item:3', 'ignore'], 'Say match with --line NUMBER, or write-off.'],
])('refuses decide %j with exit code 2 and the reason', async (argv, words) => {
  const tieout = await desk()
  const ran = await tieout('decide', ...argv, ...SIGNED)
  expect({ ...ran, stderr: ran.stderr.replaceAll(/\s+/g, ' ') }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(words),
  })
})

it('takes each decision, and lets nobody write off much alone', async () => {
  const tieout = await desk()
  const said = async (...argv: string[]): Promise<string> => (await tieout(...argv, ...SIGNED)).stdout
  const shown = await said('decide', 'match:3', 'confirm', '--dry-run')
  expect(shown).toMatch(
    /Match 3 is active: 1 transaction posted\.\n( {2}\d{4}-\d\d-\d\d (Dr|Cr) \d{4}\S* [\d.]+\n){2,}/,
  )
  expect(await said('decide', 'match:3', 'confirm')).toBe(shown.replace('Dry run: nothing was kept.\n', ''))
  expect(await said('reconcile', 'match', '4', '--item', '3')).toContain('is active')
  const own = await tieout('decide', 'item:3', 'write-off', ...SIGNED)
  expect(own.stdout).toMatch(
    /^Nothing is done yet: this gives up 59\.00 USD, and one person may decide up to 25\.00 alone [^]*\nIt then posts:\n {2}2026-03-09 Dr 6950/,
  )
  const listed = async (): Promise<string> => (await tieout('reconcile', 'list', ...NOW)).stdout
  expect(await listed()).toMatch(
    /Ann +2026-03-10 +59\.00 +USD +decide item:3 write-off +remittance advice\n1 decision that waits for [^.]*\.\nWith --dry-run /,
  )
  const other = await tieout('decide', 'item:3', 'write-off', '--by', 'Bo', '--why', 'closed', ...NOW)
  expect(other).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is active: 1 transaction posted.') })
  expect(await listed()).not.toContain('second person')
  expect(await said('undo', 'match:1')).toContain('Match 1 is undone: 1 transaction posted.')
  expect(await said('decide', 'line:3', 'ignore')).toContain('is active: nothing was posted.')
})

it.each([
  ['reconcile', 'match', '4', '--item', '3', '--difference', 'fee'],
  ['reconcile', 'match', '4', '--item', '3', '--difference', 'written-off'],
  ['decide', 'item:3', 'write-off'],
  ['decide', 'line:4', 'write-off'],
  ['decide', 'line:4', 'income'],
  ['decide', 'line:4', 'payout', '--of', 'pub', '--gross', '500'],
  ['decide', 'line:4', 'ignore'],
])('carries out %s %s %s %s only when a second person says the same', async (...argv) => {
  const tieout = await desk()
  const matches = async (): Promise<string> => (await tieout('reconcile', 'list', '--matches', ...NOW)).stdout
  const before = await matches()
  const say = (by: string): Promise<Ran> => tieout(...argv, '--by', by, '--why', 'on the advice', ...NOW)
  for (const by of ['Ann', ' ANN']) {
    expect(await say(by)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Nothing is done yet') })
    expect(await matches()).toBe(before)
  }
  expect(await say('Bo')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is active') })
  expect(await matches()).not.toBe(before)
})

it.each([
  ['decide', 'line:4', 'ignore'],
  ['decide', 'line:4', 'payout', '--of', 'pub', '--gross', '500'],
])('says beforehand what %s %s posts once a second person has said it', async (...argv) => {
  const tieout = await desk()
  const say = async (by: string): Promise<string> =>
    (await tieout(...argv, '--by', by, '--why', 'on the advice', ...NOW)).stdout
  const linesIn = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('  2026-'))
  const before = linesIn(await say('Ann'))
  expect(linesIn(await say('Bo')).toSorted()).toEqual(before.toSorted())
})

it('lists proposals among the matches, marked as such', async () => {
  const tieout = await desk()
  const { stdout } = await tieout('reconcile', 'list', '--matches', ...NOW)
  expect(stdout).toMatch(/^ +3 {2}proposed {2}exact /m)
  expect(stdout).toMatch(/^ +2 {2}active {4}exact /m)
  expect(stdout).toContain('3 matches.')
})

it('counts an ask once: what was undone is asked for again', async () => {
  const tieout = await desk()
  const say = async (by: string, ...argv: string[]): Promise<string> =>
    (await tieout(...argv, '--by', by, '--why', 'on the advice', ...NOW)).stdout
  const asks = async (): Promise<string> => (await tieout('reconcile', 'list', '--asks', ...NOW)).stdout
  expect(await asks()).toMatch(/^Nothing waits for a second person\.\n\nDecide with: .*decide line:LINE WORD/)
  await say('Ann', 'decide', 'line:4', 'ignore')
  expect(await asks()).toContain('1 decision that waits for a second person')
  const [, number = ''] = /Match (\d+) is active/.exec(await say('Bo', 'decide', 'line:4', 'ignore')) ?? []
  expect(await say('Bo', 'undo', `match:${number}`)).toContain('is undone')
  const { stdout } = await tieout('trace', 'line:4', ...NOW)
  expect(stdout).toContain(
    '40.00. A person said that it is not for these books. Said by Bo: on the advice. Undone by Bo: on the advice.',
  )
  expect(await say('Bo', 'decide', 'line:4', 'ignore')).toContain('Nothing is done yet')
})

it('answers what waits about lines and items by one verb', async () => {
  const tieout = await desk()
  const later = ['--now', '2026-04-20T12:00:00Z']
  await tieout('reconcile', 'run', ...later)
  const list = async () => (JSON.parse((await tieout('todo', '--json', ...later)).stdout) as Todo).items
  const nameOf = async (object: string): Promise<string> =>
    (await list()).find((row) => row.object === object)?.id ?? 'none'
  const say = async (object: string, ...words: string[]): Promise<Ran> =>
    tieout('decide', await nameOf(object), ...words, '--by', 'Ann', '--why', 'asked', ...later)
  expect((await say('line:4', '9999')).stderr).toContain('There is no account 9999')
  expect((await say('line:4', 'match')).stderr).toContain('Which items does the line settle?')
  expect((await say('line:4', 'confirm')).stderr).toContain('no match is proposed for line 4')
  expect((await say('line:4', 'payout')).stderr).toContain('Whose payout is it?')
  expect((await say('line:4', 'incme')).stderr).toContain('Did you mean "income"')
  const part = await say('line:4', '6110', '--amount', '20')
  expect(part).toMatchObject({ exitCode: 2, stdout: '' })
  expect(part.stderr).toContain('"6110" says nothing about --amount.')
  expect((await say('line:4', 'match', '--item', '1', '--line', '4')).stderr).toContain('says nothing about --line.')
  const dry = await say('line:4', '6110', '--dry-run')
  expect(dry.stdout).toContain('Cr 6110 40.00')
  expect(dry.stdout).toContain('Dry run: nothing was kept.')
  expect((await say('line:4', '6110')).stdout).toContain('It counts once somebody else enters the same command')
  const second = ['--by', 'Bo', '--why', 'asked', ...later]
  const said = await tieout('decide', await nameOf('line:4'), '6110', ...second)
  expect(said).toMatchObject({ exitCode: 0, stderr: '' })
  expect((await list()).map(({ object }) => object)).not.toContain('line:4')
  const closed = await tieout('decide', 'E-3', 'ignore', ...second)
  expect(closed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('E-3 is closed.') as unknown })
  const [late] = (await list()).filter(({ code }) => code === 'PAYOUT_OVERDUE')
  expect((await say(late?.object ?? '', 'match')).stderr).toContain('Which line settles it?')
  expect((await say(late?.object ?? '', 'ignore')).stderr).toContain('Say one of match, write-off.')
  expect((await say(late?.object ?? '', 'write-off')).stdout).toContain('Nothing is done yet')
})

it('books no word that the queue does not show for a line', async () => {
  const { path } = newFolder(CONFIG.replace('    journals: { differentApprover: true }\n', ''))
  const tieout = (...argv: string[]): Promise<Ran> =>
    run(['--config', join(path, 'tieout.yaml'), ...argv], { env: { K: 'k' } })
  const later = ['--now', '2026-04-20T12:00:00Z']
  const bank = join(path, 'bank.csv')
  writeFileSync(bank, 'Date,Description,Amount\n2026-03-05,ODD BOOKS,-7.00\n2026-03-09,WHAT,40.00\n')
  const columns = ['--format', 'bank-csv', '--columns', 'sign=in-positive']
  await tieout('statements', 'import', bank, '--account', 'bank', ...columns, ...later)
  await tieout('reconcile', 'run', ...later)
  const list = (JSON.parse((await tieout('todo', '--json', ...later)).stdout) as Todo).items
  const say = (object: string, word: string): Promise<Ran> => {
    const id = list.find((row) => row.object === object)?.id ?? 'none'
    return tieout('decide', id, word, '--by', 'Ann', '--why', 'asked', ...later)
  }
  const income = await say('line:1', 'income')
  expect(income).toMatchObject({ exitCode: 2, stdout: '' })
  expect(income.stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /"income" does not fit E-\d as it stands now\. Say one of .*transfer-out, .*6110, ignore, write-off\./,
  )
  expect((await say('line:2', 'transfer-out')).stderr).toMatch(/does not fit E-\d as it stands now/)
  expect(await say('line:1', '6110')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await say('line:2', 'income')).toMatchObject({ exitCode: 0, stderr: '' })
})

it('answers a line that is a top-up, once two people say so', async () => {
  const { path } = newFolder(
    `${CONFIG}      - { name: netpanel, type: panel, baseUrl: 'http://127.0.0.1:9', apiKey: { env: K }, currency: USD, timeZone: UTC }\n`,
  )
  const tieout = (...argv: string[]): Promise<Ran> =>
    run(['--config', join(path, 'tieout.yaml'), ...argv], { env: { K: 'k' } })
  const later = ['--now', '2026-04-20T12:00:00Z']
  const bank = join(path, 'bank.csv')
  writeFileSync(bank, 'Date,Description,Amount\n2026-03-09,NP LTD,-103.00\n')
  const told = ['--account', 'bank', '--format', 'bank-csv', '--columns', 'sign=in-positive']
  await tieout('statements', 'import', bank, ...told, ...later)
  await tieout('reconcile', 'run', ...later)
  const say = (by: string, ...words: string[]): Promise<Ran> =>
    tieout('decide', 'E-1', ...words, '--by', by, '--why', 'the invoice', ...later)
  const shown = await tieout('explain', 'E-1', ...later)
  expect(shown.stdout).toContain('tieout decide E-1 top-up --of netpanel')
  const fitting = 'top-up, processor-fee, fee-tax, bank-charge, transfer-out, suspense, 6110, ignore, write-off.'
  expect(shown.stdout).toContain(`It is answered by tieout decide E-1 ${fitting}\n`)
  expect((await say('Ann', 'anything')).stderr).toContain(`Say one of ${fitting}`)
  expect((await say('Ann', 'top-up')).stderr).toContain('Whose wallet was topped up?')
  expect((await say('Ann', 'top-up', '--of', 'netpanle')).stderr).toContain('no panel or ad account "netpanle"')
  expect((await say('Ann', 'top-up', '--of', 'netpanel', '--amount', '3')).stderr).toContain(
    'says nothing about --amount',
  )
  const topUp = ['top-up', '--of', 'netpanel', '--gross', '100'] as const
  const entries = [
    '  2026-03-09 Dr 1310:netpanel 100.00',
    '  2026-03-09 Cr 1070 100.00',
    '  2026-03-09 Dr 1070 100.00',
    '  2026-03-09 Cr 1000:bank 100.00',
    '  2026-03-09 Dr 6100 3.00',
    '  2026-03-09 Cr 1000:bank 3.00',
  ]
  expect((await say('Ann', ...topUp)).stdout.split('\n')).toEqual(expect.arrayContaining(entries))
  const asked = await tieout('reconcile', 'list', '--asks', ...later)
  expect(asked.stdout).toContain('decide line:1 top-up --of netpanel --gross 100.00000000')
  const settle = ['line:1', 'top-up', '--of', 'netpanel', '--gross', '100.00']
  const second = await tieout('decide', ...settle, '--by', 'Bo', '--why', 'the invoice', ...later)
  expect(second.stdout).toContain('Match 1 is active: ')
  expect(second.stdout.split('\n')).toEqual(expect.arrayContaining(entries))
  expect((await say('Bo', ...topUp)).stderr).toContain('E-1 is closed.')
  expect((await tieout('ledger', 'verify', '--rebuild', ...later)).stdout).toContain('everything holds')
})

it('answers a payout that came short as a fee, once two people say so', async () => {
  const tieout = await desk()
  const later = ['--now', '2026-04-20T12:00:00Z']
  await tieout('reconcile', 'match', '4', '--item', '3', ...SIGNED)
  await tieout('reconcile', 'run', ...later)
  const list = (JSON.parse((await tieout('todo', '--json', ...later)).stdout) as Todo).items
  const id = list.find(({ code }) => code === 'PAYOUT_DIFFERS')?.id ?? 'none'
  const say = (by: string, ...more: string[]): Promise<Ran> =>
    tieout('decide', id, 'fee', '--by', by, '--why', 'wire', ...more, ...later)
  expect((await say('Ann', '--amount', '3')).stderr).toContain('"fee" says nothing about --amount.')
  expect((await say('Ann')).stdout).toMatch(
    /^Nothing is done yet: this gives up 59\.00 USD[^]*\n {2}2026-03-09 Dr 6110 59\.00\n {2}2026-03-09 Cr 1110:pub 59\.00\n/,
  )
  expect((await tieout('reconcile', 'list', '--asks', ...later)).stdout).toContain(' decide item:3 fee ')
  const second = await tieout('decide', 'item:3', 'fee', '--by', 'Bo', '--why', 'wire', ...later)
  expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is active: ') as unknown })
  expect((await say('Bo')).stderr).toContain(`${id} is closed.`)
  const verified = async (): Promise<string> => (await tieout('ledger', 'verify', '--rebuild', ...later)).stdout
  expect(await verified()).toContain('everything holds')
  const [, number = ''] = /Match (\d+) is active/.exec(second.stdout) ?? []
  await tieout('undo', `match:${number}`, ...SIGNED)
  expect(await verified()).toContain('everything holds')
})
