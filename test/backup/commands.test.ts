/** `tieout backup` and `tieout restore` as they are typed: what they print, refuse, keep and change. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openDatabase, openReadOnly } from '../../src/db/database.ts'
import { findBook } from '../../src/ledger/books.ts'
import { takeLease } from '../../src/pipeline/lease.ts'
import { newFolder, CONFIG, run } from '../cli/support.ts'
import { bytesOf, flat, grow, headOf, newPlace, within, type Place } from './support.ts'

async function backedUp(): Promise<Place & { readonly file: string }> {
  const place = newPlace()
  await grow(place.db, '2026-03-01')
  const file = join(place.path, 'copy.db')
  expect(await place.run('backup', file)).toMatchObject({ exitCode: 0, stderr: '' })
  return { ...place, file }
}

/** Names in the folder; not those of SQLite, which a reader leaves behind. */
function left({ path }: Pick<Place, 'path'>): readonly string[] {
  return readdirSync(path)
    .filter((name) => !/^tieout\.(yaml|db-wal|db-shm)$/.test(name))
    .toSorted()
}

describe('tieout backup', () => {
  it('writes one whole file that only its owner reads, with the heads of the books, and says how to go back', async () => {
    const { file, db, run, ...place } = await backedUp()
    expect(left(place)).toEqual(['copy.db', 'tieout.db'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await headOf(file)).toBe(await headOf(db))
    const again = await run('backup', join(place.path, 'second.db'))
    const [sequence, hash = ''] = (await headOf(db)).split(':')
    expect(flat(again.stdout)).toContain(`agency 1 ${sequence}:${hash.slice(0, 16)} 1.2:`)
    expect(again.stdout).toContain(`tieout restore ${join(place.path, 'second.db')}`)
  })

  it('makes a folder beside the database when no file is named', async () => {
    const place = newPlace()
    await grow(place.db, '2026-03-01')
    const made = await place.run('--json', 'backup')
    const { file, books } = JSON.parse(made.stdout) as { file: string; books: readonly { book: string }[] }
    expect(file).toMatch(/\/backups\/tieout-\d{8}T\d{6}Z\.db$/)
    expect(books.map(({ book }) => book)).toEqual(['agency'])
    expect(readdirSync(join(place.path, 'backups'))).toHaveLength(1)
  })

  it('holds what is committed and not yet in the database file, while somebody has it open and writes', async () => {
    const place = newPlace()
    await grow(place.db, '2026-03-01')
    await within(place.db, async ({ kysely }) => {
      await grow(place.db, '2026-03-02')
      await kysely.transaction().execute(async (trx) => {
        await trx.deleteFrom('lease').execute()
        expect(await place.run('backup', join(place.path, 'copy.db'))).toMatchObject({ exitCode: 0 })
      })
    })
    expect(await headOf(join(place.path, 'copy.db'))).toBe(await headOf(place.db))
  })

  it('never writes over a file, into a folder that is not there, or of a database that is not there', async () => {
    const { run, path, file, db } = await backedUp()
    const before = bytesOf(file)
    const taken = await run('backup', file)
    expect(taken.exitCode).toBe(2)
    expect(taken.stderr).toContain(`${file} exists already and is left as it is.`)
    expect(bytesOf(file)).toBe(before)
    expect((await run('backup', join(path, 'none', 'copy.db'))).stderr).toContain('none does not exist.')
    rmSync(db)
    const gone = await run('backup')
    expect([gone.exitCode, gone.stderr.includes('There is no database at')]).toEqual([2, true])
    expect(existsSync(join(path, 'backups'))).toBe(false)
  })

  it.each(['backup', 'restore'])('leaves %s of PostgreSQL to its tools, and prints no password', async (command) => {
    const url = 'postgres://ann:s3cret@db.example:5433/books?sslmode=require&sslpassword=s3cret'
    const { path } = newFolder(CONFIG.replace('sqlite:./tieout.db', '{ env: BOOKS_URL }'))
    const refused = await run(['--config', join(path, 'tieout.yaml'), command, 'file'], { env: { BOOKS_URL: url } })
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain(command === 'backup' ? 'pg_dump --format=custom' : 'pg_restore --clean')
    expect(refused.stderr).toContain("postgres://ann@db.example:5433/books?sslmode=require'")
    expect(refused.stderr).not.toContain('s3cret')
  })
})

describe('tieout restore', () => {
  it('says what is lost in plain figures, keeps the present database, and can be taken back', async () => {
    const { run, db, file } = await backedUp()
    const old = await headOf(db)
    await grow(db, '2026-03-02')
    await grow(db, '2026-03-03')
    const late = await headOf(db)
    const asked = await run('restore', '--dry-run', file)
    const figures =
      'Book agency loses what came after the backup: 4 records of the log and 2 transactions; last night none'
    expect(asked.exitCode).toBe(0)
    expect(asked.stdout).toContain(figures)
    expect(asked.stdout).toContain('no source says again what people said, imported or approved: journal-hold 2.')
    expect(await headOf(db)).toBe(late)
    const done = await run('--json', 'restore', file)
    const { keptAside } = JSON.parse(done.stdout) as { keptAside: string }
    expect(await headOf(db)).toBe(old)
    expect(await headOf(keptAside)).toBe(late)
    const back = await run('restore', keptAside)
    expect(back.stdout).toContain('Book agency: the backup has all of it')
    expect(back.stdout).toContain('tieout connect TARGET')
    expect(await headOf(db)).toBe(late)
  })

  it('leaves nothing of the old database beside the new one, and the rights as they were', async () => {
    const place = await backedUp()
    await grow(place.db, '2026-03-02')
    const { mode } = statSync(place.db)
    await place.run('restore', place.file)
    expect(readdirSync(place.path).toSorted()).toEqual([
      'copy.db',
      'tieout.db',
      expect.stringMatching(/^tieout\.db\.before-restore-[^.]*$/),
      'tieout.yaml',
    ])
    expect(statSync(place.db).mode).toBe(mode)
  })

  it('changes nothing in a dry run', async () => {
    const place = await backedUp()
    await grow(place.db, '2026-03-02')
    const before = [left(place), bytesOf(place.db), bytesOf(place.file)]
    await place.run('restore', '--dry-run', place.file)
    expect([left(place), bytesOf(place.db), bytesOf(place.file)]).toEqual(before)
  })

  it('puts it where no database is, and where one is damaged, with what was left beside it moved away', async () => {
    const place = await backedUp()
    const head = await headOf(place.file)
    rmSync(place.db)
    writeFileSync(`${place.db}-wal`, 'of the lost one')
    const anew = await place.run('restore', place.file)
    expect(anew.stdout).toContain('nothing is lost')
    const moved = readdirSync(place.path).find((name) => /before-restore-.*-wal$/.test(name)) ?? ''
    expect(readFileSync(join(place.path, moved), 'utf8')).toBe('of the lost one')
    expect(await headOf(place.db)).toBe(head)
    const garbage = 'no database at all '.repeat(1000)
    writeFileSync(place.db, garbage)
    writeFileSync(`${place.db}-wal`, 'of the damaged one')
    const over = await place.run('--json', 'restore', place.file)
    const { keptAside, present } = JSON.parse(over.stdout) as { keptAside: string; present: { kind: string } }
    expect(present.kind).toBe('unreadable')
    expect(readFileSync(keptAside, 'utf8')).toBe(garbage)
    expect(await headOf(place.db)).toBe(head)
  })

  it('says that the present database has had another life, and goes on', async () => {
    const { run, db, file } = await backedUp()
    for (const end of ['', '-wal', '-shm']) rmSync(`${db}${end}`, { force: true })
    await grow(db, '2026-03-05')
    const done = await run('restore', file)
    expect(done.exitCode).toBe(0)
    expect(done.stdout).toContain('Book agency has had another life than the backup')
    expect(done.stdout).toContain('It loses 2 records of the log and 1 transaction')
  })

  it('refuses what is no backup of tieout, is damaged, of another schema, or the database itself', async () => {
    const { run, path, db, file } = await backedUp()
    const head = await headOf(db)
    const odd = (name: string, make: (target: string) => void): string => {
      make(join(path, name))
      return join(path, name)
    }
    const changed = (name: string, statement: string): string =>
      odd(name, (target) => {
        copyFileSync(file, target)
        new BetterSqlite3(target).exec(statement).close()
      })
    const cases: readonly (readonly [string, string])[] = [
      [join(path, 'none.db'), 'There is no file'],
      [odd('text', (target) => writeFileSync(target, 'a text and no database')), 'is not a SQLite database'],
      [odd('folder', (target) => mkdirSync(target)), 'is a directory'],
      [
        odd('others.db', (target) => new BetterSqlite3(target).exec('create table t (a)').close()),
        'is no database of tieout',
      ],
      [odd('cut.db', (target) => writeFileSync(target, readFileSync(file).subarray(0, 40_960))), 'is damaged'],
      [changed('newer.db', "insert into migration values ('0099_later', 'abcdef0123', 0)"), '0099_later (abcdef01)'],
      [changed('older.db', 'delete from migration'), "this program's is 0001_schema"],
      [db, 'is the database itself'],
    ]
    for (const [name, sentence] of cases) {
      const refused = await run('restore', name)
      expect([refused.exitCode, refused.stdout], name).toEqual([2, ''])
      expect(flat(refused.stderr)).toContain(sentence)
    }
    expect(await headOf(db)).toBe(head)
  })

  it('refuses while a run holds a book, and while anybody has the database open, and names what to stop', async () => {
    const place = await backedUp()
    await within(place.db, async ({ kysely }) => takeLease(kysely, (await findBook(kysely, 'agency')).id, 'agency'))
    const held = await place.run('restore', place.file)
    expect(held.exitCode).toBe(75)
    expect(held.stderr).toMatch(/^Process \d+ on \S+ is working on book "agency"\.\nStop it and tieout serve/)
    await within(place.db, ({ kysely }) => kysely.deleteFrom('lease').execute())
    const before = left(place)
    for (const open of [openDatabase, openReadOnly]) {
      const idle = await open(`sqlite:${place.db}`)
      await idle.kysely.selectFrom('book').selectAll().execute()
      for (const more of [[], ['--dry-run']]) {
        const refused = await place.run('restore', ...more, place.file)
        expect(refused.exitCode).toBe(75)
        expect(refused.stderr).toContain('Stop tieout serve')
      }
      await idle.close()
    }
    expect(left(place)).toEqual(before)
    expect(await place.run('restore', place.file)).toMatchObject({ exitCode: 0 })
  })
})
