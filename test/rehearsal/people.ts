// The lines of AEP's paper that no machine decides, and why.

const person = 'only a person can know';
const heading = 'a heading: settled when the lines below it are';

/** By number, in the order of the paper. */
export const undecided: Readonly<Record<string, string>> = {
  '24': heading,
  '64': heading,
  '105': heading,
  '119': heading,
  '130': heading,
  '135': person,
  '136': person,
  '137': person,
  '138': person,
  '145': person,
  '147': person,
  '148': person,
  '161': person,
  '163': 'a decision',
  '164': 'a decision',
  '165': 'a decision',
  '166': 'a decision',
};
