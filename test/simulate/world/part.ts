/**
 * What the simulated world is made of: a panel, a network, a bank, a company. A part knows what is true, answers on the
 * wire, brings files for people to import, and says what the configuration has to hold for it. Parts are made from a plan,
 * which is data: a shrunk plan is the same world with less in it. Nothing here may know a rule of tieout's.
 */
import type { Site } from '../kernel/network.ts'
import type { Books } from '../oracles/books.ts'

export interface SimFile {
  readonly name: string
  readonly content: string | Buffer
}

/** Something a person does at an instant: types a command, perhaps with a file that came by mail. */
export interface Act {
  readonly atMs: number
  /** Put into the folder `files/` first. */
  readonly file?: SimFile
  /** Arguments of the program; `files/NAME` names the file. */
  readonly argv: readonly string[]
  /** Exit codes that are no finding. Left out: 0 and 1. */
  readonly allowed?: readonly number[]
  /** Not typed again when it was killed or could not be done: somebody looks first. */
  readonly isTypedOnce?: boolean
  /** Left out: the run's first book. */
  readonly book?: string
  /** What somebody else types while this, typed a first time, may still be at work. */
  readonly beside?: { readonly argv: readonly string[]; readonly afterMs: number }
  /** What the person types when the program asks for a line; `said` is what it has printed on stderr so far. */
  readonly paste?: (said: string) => string | Promise<string>
  /** Those that are no finding either when the command was killed before and is typed again: it may be done already. */
  readonly allowedAgain?: readonly number[]
}

export interface Finding {
  /** Stable, for grouping and shrinking: "panel-order-wrong". */
  readonly oracle: string
  /** One sentence with the object and both figures. */
  readonly says: string
}

export interface Evening {
  /** In the quiet nights at the end people put right what is left. */
  readonly isQuiet: boolean
  /** What the program shows. */
  readonly books: Books
}

export interface Part {
  /** The source's, account's or target's name, too. */
  readonly name: string
  readonly sites: readonly Site[]
  /** YAML of one list item each, without the dash and the indent: `name: p1\ntype: panel`. */
  readonly config: {
    readonly sources?: readonly string[]
    readonly accounts?: readonly string[]
    readonly targets?: readonly string[]
  }
  /** What other books' configuration has to hold for it. */
  readonly inBooks?: Readonly<Record<string, Part['config']>>
  readonly env: Readonly<Record<string, string>>
  /** Lets happen in the world what is due up to `ms`. Called again and again with rising instants. */
  readonly advance: (ms: number) => void
  /**
   * What people do because of this part from one instant (exclusive) to another (inclusive); each is asked for when those
   * before it are done.
   */
  readonly acts: (fromMs: number, throughMs: number, evening: Evening) => Iterable<Act>
  /** 'night': after any night, wrong or unexcepted objects only. 'end': when faults have stopped and all is decided. */
  readonly check: (books: Books, when: 'night' | 'end') => readonly Finding[]
}
