/** Which state of the readers this is, landed with every statement, so that a later one knows whose words it compares with. */

/**
 * Raise it whenever a reader words a line otherwise than before: its type, text, counterparty, references, time or id. Lines
 * of overlapping files are then the same by their amounts, as those of two formats are.
 */
export const READING = 2
