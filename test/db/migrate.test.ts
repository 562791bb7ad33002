/** Migrations: all or nothing, once, by one process at a time, and never over a database that is not theirs. */
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase, openReadOnly, type Database } from '../../src/db/database.ts'
import { migrationFiles, packageRoot } from '../../src/db/migration-files.ts'
import { migrate, requireMigrated } from '../../src/db/migrate.ts'
import { describeEmptyOnBothEngines, describeOnBothEngines } from '../support/both-engines.ts'
import { newFolder } from '../support/databases.ts'
import { runNode } from '../support/run-node.ts'

function copyOfMigrations(): string {
  const folder = join(newFolder(), 'migrations')
  cpSync(join(packageRoot(), 'migrations'), folder, { recursive: true })
  return folder
}

const nextNumber = (database: Database): string => String(migrationFiles(database.dialect).length + 1).padStart(4, '0')

describeOnBothEngines('migrating', (fresh) => {
  it('does nothing the second time', async () => {
    const database = await fresh()
    expect(await migrate(database, 1)).toEqual([])
    await requireMigrated(database)
  })

  it('applies what is new', async () => {
    const database = await fresh()
    const folder = copyOfMigrations()
    const name = `${nextNumber(database)}_extra`
    writeFileSync(
      join(folder, `${name}.${database.dialect}.sql`),
      'create table extra (id integer); insert into extra values (1);',
    )
    expect(await migrate(database, 1, folder)).toEqual([name])
    await expect(migrate(database, 1)).rejects.toMatchObject({ code: 'DATABASE_NEWER' })
  })

  it('leaves nothing of a script that fails half-way', async () => {
    const database = await fresh()
    const folder = copyOfMigrations()
    const file = join(folder, `${nextNumber(database)}_broken.${database.dialect}.sql`)
    writeFileSync(file, 'create table half (id integer); insert into nowhere values (1);')
    await expect(migrate(database, 1, folder)).rejects.toMatchObject({ code: 'MIGRATION_FAILED' })
    writeFileSync(file, 'create table half (id integer);')
    expect(await migrate(database, 1, folder)).toHaveLength(1)
  })

  it('refuses a script that changed after it was applied, and a gap', async () => {
    const database = await fresh()
    const folder = copyOfMigrations()
    const first = join(folder, `0001_ledger.${database.dialect}.sql`)
    writeFileSync(first, '-- other\n')
    await expect(migrate(database, 1, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' })
    rmSync(first)
    await expect(migrate(database, 1, folder)).rejects.toMatchObject({ code: 'MIGRATION_GAP' })
  })
})

describeEmptyOnBothEngines('an empty database', (freshUrl) => {
  it('is migrated once by two processes that start together', async () => {
    const url = await freshUrl()
    const program = `
      import { openDatabase } from ${JSON.stringify(join(packageRoot(), 'src/db/database.ts'))}
      import { migrate } from ${JSON.stringify(join(packageRoot(), 'src/db/migrate.ts'))}
      const database = await openDatabase(${JSON.stringify(url)})
      console.log((await migrate(database, 1)).length)
      await database.close()`
    const outputs = await Promise.all([runNode(program), runNode(program), runNode(program)])
    const database = await openDatabase(url)
    const { length } = migrationFiles(database.dialect)
    await database.close()
    expect(outputs.map(Number).sort((a, b) => a - b)).toEqual([0, 0, length])
  })

  it('is told from a migrated one by a handle that cannot write', async () => {
    const url = await freshUrl()
    await (await openDatabase(url)).close()
    const database = await openReadOnly(url)
    await expect(requireMigrated(database)).rejects.toMatchObject({ code: 'DATABASE_EMPTY' })
    await expect(migrate(database, 1)).rejects.toThrow()
    await database.close()
  })
})
