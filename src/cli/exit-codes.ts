/**
 * Every exit code of the program, in one table: scripts and schedulers decide by them, docs/exit-codes.md lists them,
 * and a test keeps the two the same. Values follow sysexits.h where it has a fitting one.
 */

export interface ExitCodeMeaning {
  readonly code: number
  readonly meaning: string
  /** What a scheduler or a person does about it. */
  readonly next: string
}

export const EXIT_CODES = {
  ok: { code: 0, meaning: 'Done.', next: 'Nothing.' },
  findings: {
    code: 1,
    meaning:
      'Done, and it found something a person must see: damage, a difference, a source that failed, a journal held back.',
    next: 'Read the output.',
  },
  usage: {
    code: 2,
    meaning: 'A flag, an argument, an input file, the configuration or a mapping is wrong. Nothing was started.',
    next: 'Correct what the message names.',
  },
  rejected: {
    code: 65,
    meaning: 'The other side refused one item for good.',
    next: 'Look at the item; repeating does not help.',
  },
  wrongNode: {
    code: 69,
    meaning: 'This Node.js is too old to run the program.',
    next: 'Use the Node.js the message names.',
  },
  broken: {
    code: 70,
    meaning:
      'Something that must always hold does not, or the program has a bug. Nothing of the current batch was written.',
    next: 'Run `tieout ledger verify`; report the message with the stack that --debug prints.',
  },
  transient: {
    code: 75,
    meaning: 'Something outside is down, busy or late.',
    next: 'Run the same command again later; it goes on where it stood.',
  },
  crashed: {
    code: 79,
    meaning: 'The program ended by an error that nothing caught. What was committed before is kept, and nothing else.',
    next: 'Run the same command again; it goes on where it stood. Report the message.',
  },
  interrupted: {
    code: 130,
    meaning: 'Stopped by Ctrl-C or SIGTERM after the current batch.',
    next: 'Run the same command again; it goes on where it stood.',
  },
} as const satisfies Readonly<Record<string, ExitCodeMeaning>>

export type ExitName = keyof typeof EXIT_CODES
