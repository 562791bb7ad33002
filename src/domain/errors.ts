/**
 * Errors, grouped by what helps: fix the configuration or the input (exit 2), try again later (75), look at one rejected
 * item (65), or stop because something that must hold does not (70). Each says what happened, to what, and what to do
 * next. Problems in the data of others are values, not errors.
 */
export class TieoutError extends Error {
  readonly code: string
  /** What to do next, as a sentence; '' when the message already says it. */
  readonly hint: string
  readonly exitCode: number

  constructor(code: string, message: string, hint: string, exitCode: number, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.hint = hint
    this.exitCode = exitCode
  }
}

/** The configuration or a mapping is wrong: nothing was started. */
export class ConfigError extends TieoutError {
  constructor(code: string, message: string, hint = '', options?: ErrorOptions) {
    super(code, message, hint, 2, options)
  }
}

/** A file, flag or argument is wrong: nothing of it was used. */
export class InputError extends TieoutError {
  constructor(code: string, message: string, hint = '', options?: ErrorOptions) {
    super(code, message, hint, 2, options)
  }
}

/** Something outside is down, busy or late: the same command can succeed later. */
export class TransientError extends TieoutError {
  constructor(code: string, message: string, hint = '', options?: ErrorOptions) {
    super(code, message, hint, 75, options)
  }
}

/** The other side refused one item for good: a person has to look at it. */
export class RejectedError extends TieoutError {
  constructor(code: string, message: string, hint = '', options?: ErrorOptions) {
    super(code, message, hint, 65, options)
  }
}

/**
 * Bytes of others that a pure reader cannot read. Where they are processed, the item is set aside with this as its reason
 * and the rest goes on; anything else that is thrown there stops the run.
 */
export class ReadError extends TieoutError {
  constructor(code: string, message: string, hint = '', options?: ErrorOptions) {
    super(code, message, hint, 65, options)
  }
}

/** Something that must always hold does not. Nothing of the current batch is written. */
export class InvariantError extends TieoutError {
  constructor(code: string, message: string, hint = '', options?: ErrorOptions) {
    super(code, message, hint, 70, options)
  }
}

const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS'])

/** A file or folder that could not be written because of its disk; null when something else was wrong. */
export function diskTrouble(path: string, cause: unknown): TransientError | null {
  if (!(cause instanceof Error) || !('code' in cause) || !NO_ROOM.has(cause.code)) return null
  const message = `The disk of ${path} refused to write: it is full, over a quota, or failing (${cause.message}).`
  return new TransientError('DISK_FULL', message, 'Make room, then run the same command again.', { cause })
}
