/** C4: what a person may say of a reading. */
export const ANSWERS = {
  payout: 'a payout lowered it; --earned says what was earned beside it',
  'payout-returned': 'a payout that came back is part of the rise; --earned says what was earned beside it',
  clawback: 'earnings were taken back, or spending was credited',
  reset: 'counting began anew; --earned says what was earned since',
  'other-account': 'another account from here on; later readings are compared with this one',
  right: 'it is right as it is',
  wrong: 'a wrong reading: nothing of it counts',
} as const

export type AnswerWord = keyof typeof ANSWERS
