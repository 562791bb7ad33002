/** Files take no time in a simulated run: what is asked first is answered first. */
import fs, { createReadStream, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { doFilesAtOnce } from './kernel/files-at-once.ts'
import { writeAtomically } from '../../src/targets/files/write-files.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

describe('files of a simulated run', () => {
  it('are read in the order they are asked for, whatever their size, and told of when they are not there', async () => {
    const folder = temporaryFolder()
    const names = ['large', 'small', 'missing', 'empty']
    const sizes = [3_000_000, 10, null, 0]
    for (const [nth, size] of sizes.entries())
      if (size !== null) writeFileSync(join(folder, names[nth] ?? ''), 'x'.repeat(size))
    const put = doFilesAtOnce()
    const ended: string[] = []
    const read = async (name: string): Promise<number> => {
      const bytes = await readFile(join(folder, name)).catch(() => Buffer.from('none'))
      ended.push(name)
      return bytes.length
    }
    expect(await Promise.all(names.map(read))).toEqual([3_000_000, 10, 4, 0])
    expect(ended).toEqual(names)
    let streamed = 0
    for await (const piece of createReadStream(join(folder, 'large'))) streamed += (piece as Buffer).length
    expect(streamed).toBe(3_000_000)
    await expect(createReadStream(join(folder, 'missing')).toArray()).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await writeAtomically(join(folder, 'small'), Buffer.from('new'))).toBe(true)
    expect(await readFile(join(folder, 'small'), 'utf8')).toBe('new')
    put()
  })

  it('take their time again once every run has ended', () => {
    const own = { read: fs.read, open: fs.promises.open }
    const [one, other] = [doFilesAtOnce(), doFilesAtOnce()]
    one()
    expect(fs.read).not.toBe(own.read)
    other()
    expect({ read: fs.read, open: fs.promises.open }).toEqual(own)
  })
})
