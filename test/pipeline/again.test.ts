/** Work that starts again from its marks: which errors it takes, how long, and what counts as progress. */
import { describe, expect, it } from 'vitest'
import { TransientError } from '../../src/domain/errors.ts'
import { DatabaseTrouble } from '../../src/db/trouble.ts'
import { goOn, notAgain } from '../../src/pipeline/again.ts'
import { fakePatience } from '../support/fake-patience.ts'

const LOST = new DatabaseTrouble('DATABASE_LOST', 'The connection was lost.', 'Check the server.')

describe('work that starts again from its marks', () => {
  it('does so until it comes to its end, and says so once', async () => {
    const patience = fakePatience()
    let tries = 0
    const done = await goOn(patience, async () => {
      tries += 1
      if (tries < 4) throw new Error('inside of it', { cause: LOST })
      return 'done'
    })
    expect(done).toBe('done')
    expect(tries).toBe(4)
    expect(patience.told).toEqual([
      'The connection was lost. The work starts again from where it stood, for 10 minutes.',
    ])
  })

  it('has failed with 75 after ten minutes without progress', async () => {
    const patience = fakePatience()
    const work = goOn(patience, () => Promise.reject(LOST))
    const message = 'The connection was lost. It was tried again for 10 minutes.'
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_LOST', exitCode: 75, message })
    expect(patience.waitedMs()).toBeGreaterThan(580_000)
    expect(patience.waitedMs()).toBeLessThanOrEqual(600_000)
  })

  it('has ten minutes more each time it has come further', async () => {
    const patience = fakePatience()
    let marks = 0
    await goOn(patience, async (moved) => {
      // One mark every five minutes, as in a long night that is interrupted again and again.
      if (patience.waitedMs() >= marks * 300_000) {
        marks += 1
        moved()
      }
      if (marks < 6) throw LOST
    })
    expect(patience.waitedMs()).toBeGreaterThan(1_400_000)
    expect(patience.told).toHaveLength(5)
  })

  it.each([
    ['another run that has the book', new TransientError('BOOK_BUSY', 'Another run.', 'Wait.')],
    ['a bug', new RangeError('never')],
  ])('does not for %s', async (_what, error) => {
    const patience = fakePatience()
    await expect(goOn(patience, () => Promise.reject(error))).rejects.toBe(error)
    expect(patience.waitedMs()).toBe(0)
  })

  it('stops waiting when it is told to stop', async () => {
    const stopped = new Error('stopped')
    const patience = fakePatience(() => Promise.reject(stopped))
    await expect(goOn(patience, () => Promise.reject(LOST))).rejects.toBe(stopped)
  })
})

it('a decision is not done again: it says which command shows whether it was kept', () => {
  expect(notAgain(LOST, 'tieout runs')).toMatchObject({
    code: 'DATABASE_LOST',
    exitCode: 75,
    hint: 'Whether it was kept is not known. Run tieout runs to see, and the same command again if it was not.',
  })
  const other = new RangeError('never')
  expect(notAgain(other, 'tieout runs')).toBe(other)
})
