/** Imports from the command line: what they say, what can be looked up afterwards, and what a dry run leaves behind. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newFolder, run, type Folder, type Ran } from './support.ts'

const HEADER = 'date,source,kind,amount,currency,reference,note'
const GOOD = '2026-03-01,netpanel,opening-balance,57.1348,USD,,'
const BAD = '2026-03-01,netpanel,top-up,a lot,USD,r1,'

interface Importing extends Folder {
  readonly importing: (command: 'evidence' | 'orders', csv: string, ...flags: readonly string[]) => Promise<Ran>
}

function newImporting(): Importing {
  const folder = newFolder()
  let files = 0
  return {
    ...folder,
    importing: (command, csv, ...flags) => {
      const path = join(folder.path, `file-${(files += 1)}.csv`)
      writeFileSync(path, csv)
      const file = join(folder.path, 'tieout.yaml')
      const env = { NETPANEL_KEY: 'a-key' }
      return run(['--config', file, command, 'import', path, ...flags], { env })
    },
  }
}

function unreachable(database: string): string {
  const source = "{ name: p, type: panel, baseUrl: 'http://127.0.0.1:1', apiKey: { env: K }, currency: USD }"
  const books = `books: [{ name: agency, currency: USD, sources: [${source}] }]`
  return `database: sqlite:${database}\nhttp: { retries: 0 }\n${books}\n`
}

function csv(...rows: readonly string[]): string {
  return [HEADER, ...rows, ''].join('\n')
}

describe('an import', () => {
  it('says once which rows it set aside, and where to find them again', async () => {
    const { importing } = newImporting()
    const ran = await importing('evidence', csv(GOOD, BAD))
    expect(ran).toMatchObject({ exitCode: 1, stderr: '' })
    expect(ran.stdout.match(/file-1\.csv line 3, column amount/g)).toHaveLength(1)
    expect(ran.stdout).toContain('1 set aside')
    expect(ran.stdout).toContain('tieout todo --set-aside')
  })

  it('gives every amount of its JSON as a decimal with eight places', async () => {
    const { importing } = newImporting()
    const ran = await importing('evidence', csv(GOOD), '--json')
    expect(JSON.parse(ran.stdout)).toMatchObject({
      files: [{ totals: { rows: { in: '1' }, money: { USD: { in: '57.13480000', posted: '57.13480000' } } } }],
    })
  })

  it.each(['evidence', 'orders'] as const)('of %s leaves nothing behind when it is a dry run', async (command) => {
    const { importing, path } = newImporting()
    const orders = 'ID,Date,Charge,Status\n1,2026-03-01 10:00:00,0.25,Completed\n'
    const flags = command === 'orders' ? ['--time-zone', 'UTC', '--dry-run'] : ['--dry-run']
    const ran = await importing(command, command === 'orders' ? orders : csv(GOOD), ...flags)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).toContain('Dry run: nothing was kept.')
    expect(readdirSync(path).toSorted()).toEqual(['file-1.csv', 'tieout.yaml'])
  })

  it('leaves nothing behind when it is a sync, whatever the vendor says', async () => {
    const { path } = newFolder(unreachable('./tieout.db'))
    await run(['--config', join(path, 'tieout.yaml'), 'sync', '--dry-run'], { env: { K: 'a-key' } })
    expect(readdirSync(path)).toEqual(['tieout.yaml'])
  })

  it('still refuses a dry run where the database could not be made', async () => {
    const { path } = newFolder(unreachable('./nowhere/tieout.db'))
    const ran = await run(['--config', join(path, 'tieout.yaml'), 'sync', '--dry-run'], { env: { K: 'a-key' } })
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toMatch(/directory .*nowhere of the database does not exist/)
  })

  it('names the flag that settles how a history is read', async () => {
    const { importing } = newImporting()
    const history = (...rows: readonly string[]): string => ['ID,Date,Charge,Status', ...rows, ''].join('\n')
    const dates = await importing('orders', history('1,03/04/2026 10:00,0.25,Completed'), '--time-zone', 'UTC')
    expect(dates).toMatchObject({ exitCode: 2, stdout: '' })
    expect(dates.stderr).toMatch(/--day-order day-first or --day-order month-first/)
    const amounts = await importing('orders', history('1,2026-03-04 10:00,"1,234",Completed'), '--time-zone', 'UTC')
    expect(amounts).toMatchObject({ exitCode: 2, stdout: '' })
    expect(amounts.stderr).toMatch(/--decimal \. or --decimal ,/)
  })

  it('of a file that was imported before says when and into which source', async () => {
    const { importing } = newImporting()
    const history = 'ID,Date,Charge,Status\n1,2026-03-01 10:00:00,0.25,Completed\n'
    await importing('orders', history, '--time-zone', 'UTC')
    const again = await importing('orders', history, '--time-zone', 'UTC')
    expect(again).toMatchObject({ exitCode: 0, stderr: '' })
    expect(again.stdout).toContain(
      'file-2.csv: imported before, into netpanel on 2026-03-20 as file-1.csv; nothing to do.',
    )
    await importing('evidence', csv(GOOD))
    const evidence = await importing('evidence', csv(GOOD), '--json')
    expect(JSON.parse(evidence.stdout)).toMatchObject({
      files: [{ alreadyImported: true, earlier: [{ file: 'file-3.csv', importedAt: '2026-03-20T00:00:00.000Z' }] }],
    })
  })

  it.each([
    ['ID,Date,Charge,Status\n', /^file-1\.csv has a header and no rows under it, so there is nothing to import\.\n/],
    ['<!doctype html><title>Sign in</title>', /^file-1\.csv is a web page, not a CSV file\.\nSign in to the site /],
    [
      'database: sqlite:c.db\nbooks:\n',
      /may be no CSV file at all: its first line is just "database: sqlite:c\.db"\.\nGive a CSV/,
    ],
    ['User;Link\na;b\n', /it has no column "ID"\. Its columns are "User", "Link"\.\nID may be called "order id"/],
  ])('of what is no list of orders says in a sentence what it is: %j', async (text, sentence) => {
    const { importing, path } = newImporting()
    const ran = await importing('orders', text, '--time-zone', 'UTC')
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toMatch(sentence)
    expect(readdirSync(path).toSorted()).toEqual(['file-1.csv', 'tieout.yaml'])
  })

  it("keeps a file's control characters away from the terminal", async () => {
    const { importing } = newImporting()
    const clears = '\u001b[2J\u009b2J\u202e'
    const refused = await importing('orders', `ID${clears},Nothing${clears}\n1,2\n`, '--time-zone', 'UTC')
    const setAside = await importing('evidence', csv(`2026-03-01,net${clears}panel,top-up,1.00,USD,r1,`))
    expect(refused.stderr).toContain('Nothing')
    for (const text of [refused.stderr, setAside.stdout, setAside.stderr])
      expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
  })
})

const LOCAL_HISTORY = [
  'ID;User;Date;Link;Charge;Start count;Quantity;Service;Status;Remains',
  '101;me;01.03.2026 10:00;https://e.com/a;0,09;5;100;1 — Likes;Completed;0',
  '102;me;02.03.2026 11:30;https://e.com/b;1.234,50;0;1.000;1 — Likes;In progress;900',
  '103;me;02.03.2026 11:31;https://e.com/c;;0;1.000;2 — Views;Läuft;900',
  '102;me;02.03.2026 11:30;https://e.com/b;1.234,50;0;1.000;1 — Likes;In progress;900',
  '104;me;02.03.2026 11:32;https://e.com/d;teuer;0;1.000;2 — Views;In progress;900',
  'Total;;;;2.469,10;;;;;',
  '',
].join('\n')

describe('an order history', () => {
  it('in a dry run shows what each column became, the first orders, and whether the file foots', async () => {
    const { importing } = newImporting()
    const ran = await importing('orders', LOCAL_HISTORY, '--time-zone', 'Europe/Berlin', '--dry-run')
    expect(ran).toMatchObject({
      exitCode: 1,
      stderr: 'netpanel: file-1.csv: a total line does not agree with its rows\n',
    })
    await expect(ran.stdout).toMatchFileSnapshot('golden/orders-import-dry-run.txt')
  })

  it('says in short how it foots when it is imported, and in full as JSON', async () => {
    const { importing } = newImporting()
    const history = LOCAL_HISTORY.replace('2.469,10', '2.469,09').replace('teuer', '0,00')
    const ran = await importing('orders', history, '--time-zone', 'UTC')
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).toContain(
      'Control totals: 5 rows (In progress 3, Completed 1, Läuft 1); charges 2469.09, 1 order without; 2026-03-01 to 2026-03-02 (UTC).',
    )
    expect(ran.stdout).toContain('The total on line 7, 2469.09, agrees with the rows above it.')
    expect(ran.stdout).not.toContain('The first orders')
    const again = await importing('orders', `${history}\n`, '--time-zone', 'UTC', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({
      ignored: ['User'],
      files: [
        {
          totals: { rows: { posted: '0', unchanged: '5' } },
          footing: {
            rows: 5,
            doubles: 1,
            charges: { '': '2469.09000000' },
            first: '2026-03-01T10:00:00.000Z',
            totals: [{ line: 7, charge: '2469.09000000', difference: '0.00000000' }],
          },
        },
      ],
    })
  })

  it('asks whether the zone is right when a time does not exist in it', async () => {
    const { importing } = newImporting()
    const history = 'ID,Date,Charge,Status\n1,2026-03-29 02:30:00,0.25,Completed\n'
    const remark = '1 time does not exist in Europe/Berlin, where the clock goes forward over it; is the zone right?'
    const ran = await importing('orders', history, '--time-zone', 'Europe/Berlin')
    expect(ran).toMatchObject({ exitCode: 0, stderr: `netpanel: file-1.csv: ${remark}\n` })
    expect(ran.stdout).toContain(`\n${remark}\n`)
    expect(ran.stdout).toContain('1 new')
  })

  it('takes columns of other names when they are said', async () => {
    const { importing } = newImporting()
    const history = 'Bestellung;Betrag;Zustand\n7;1,50;Completed\n'
    const flags = ['--time-zone', 'UTC', '--column', 'orderId=Bestellung', '--column', 'charge=betrag']
    const ran = await importing('orders', history, ...flags)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^charge +Betrag$/m)
    expect(ran.stdout).toContain('Not used: Zustand.')
    expect(ran.stdout).toContain('charges 1.50; no dates')
    const wrong = await importing('orders', history, '--time-zone', 'UTC', '--column', 'price=Betrag')
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' })
    expect(wrong.stderr).toMatch(/"charge=Betrag"\. Fields: orderId, date, charge/)
  })
})

describe('tieout todo --set-aside', () => {
  it('shows what was set aside, the newest first, with its place and the reason', async () => {
    const { importing, run: runHere } = newImporting()
    await importing('evidence', csv(GOOD, BAD))
    const orders = 'ID,Date,Charge,Status\n1,2026-03-01 10:00:00,dear,Completed\n'
    await importing('orders', orders, '--decimal', '.', '--time-zone', 'UTC')
    const ran = await runHere('todo', '--set-aside')
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    const lines = ran.stdout.split('\n')
    expect(lines[2]).toMatch(/^2026-03-20T00:00:00\.000Z +netpanel +file-2\.csv line 2, column Charge +\S/)
    expect(lines[3]).toMatch(/netpanel +file-1\.csv line 3, column amount +\S/)
    expect(lines).toContain('2 rows set aside.')
    const ofOne = await runHere('todo', '--set-aside', '--source', 'netpanel', '--json')
    expect(JSON.parse(ofOne.stdout)).toMatchObject([
      { source: 'netpanel', landedAt: '2026-03-20T00:00:00.000Z' },
      { source: 'netpanel', object: 'file-1.csv line 3, column amount' },
    ])
    expect((await runHere('todo', '--set-aside', '--limit', '1')).stdout).toContain(
      '1 row set aside; --limit shows more',
    )
  })

  it('shows of one source also the rows of evidence files about it, and how many rows name no source', async () => {
    const { importing, run: runHere } = newImporting()
    const unknown = '2026-03-01,nobody,top-up,1.00,USD,r2,'
    await importing('evidence', csv(GOOD, BAD, unknown))
    const ran = await runHere('todo', '--set-aside', '--source', 'netpanel')
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).toMatch(/ netpanel +file-1\.csv line 3, column amount +\S/)
    expect(ran.stdout).not.toContain('nobody')
    expect(ran.stdout.split('\n').slice(-4)).toEqual([
      '',
      '1 row set aside.',
      '1 more row of evidence files names no source of this book: tieout todo --set-aside shows them.',
      '',
    ])
    expect((await runHere('todo', '--set-aside')).stdout).toMatch(/ evidence file +file-1\.csv line 4, column source /)
  })

  it('refuses a source the book does not have', async () => {
    const { importing, run: runHere } = newImporting()
    await importing('evidence', csv(GOOD))
    const ran = await runHere('todo', '--set-aside', '--source', 'netpanl')
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toMatch(/no source "netpanl".\nIts sources are netpanel\. Did you mean "netpanel"\?/)
  })
})
