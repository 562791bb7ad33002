/** What went out before is said in one line for each target and file, and what is there already comes first. */
import { expect, it } from 'vitest'
import { deliveredLines, writtenLines } from '../../../src/targets/files/repeat-lines.ts'

it('says what is in a target before what only goes there, each once', () => {
  const lines = deliveredLines([
    { document: 'A-1', target: 'qbo', state: 'queued' },
    { document: 'A-2', target: 'qbo', state: 'verified' },
    { document: 'A-3', target: 'qbo', state: 'delivered' },
    { document: 'A-3', target: 'qbo', state: 'delivered' },
    { document: 'A-2', target: 'old', state: 'verified' },
    { document: 'A-4', target: 'qbo', state: 'held' },
  ])
  expect(lines).toEqual([
    '2 journals (A-2 to A-3) are in the target "qbo" already, by API (verified, delivered).',
    'A-2 is in the target "old" already, by API (verified).',
    '2 journals (A-1 to A-4) go to the target "qbo" by themselves (queued, held); once in a file for the same books, they are not sent there as well.',
  ])
})

it('tells two writings of the same file apart', () => {
  const written = { document: 'A-1', path: '/x/a.csv', by: 'ann', atMs: 0 }
  expect(writtenLines([written, { ...written, document: 'A-2', atMs: 60_000 }])).toEqual([
    'A-1 was written to /x/a.csv by ann at 1970-01-01 00:00 UTC.',
    'A-2 was written to /x/a.csv by ann at 1970-01-01 00:01 UTC.',
  ])
})
