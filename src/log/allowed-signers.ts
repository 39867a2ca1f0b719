// The auditor's file of people and their keys, checked line by line: ssh-keygen skips what it cannot read, we must not.

const keyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];
const option = /^(cert-authority|(namespaces|valid-after|valid-before)="[^"]*")$/i;
const optionList = /^(?:[^\s",]|"[^"]*"|,)+$/;

/**
 * What is wrong with the text of an allowed-signers file (ALLOWED SIGNERS in ssh-keygen(1)), one sentence with its line
 * number each; empty when nothing is. Patterns among the principals are refused: a person is an exact name.
 */
export function allowedSignersProblems(text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const problem = problemOf(line.trim());
    return problem === undefined ? [] : [`line ${index + 1}: ${problem}`];
  });
}

function problemOf(line: string): string | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const [principals = '', second = '', third = '', fourth = ''] = splitOutsideQuotes(line);
  if (/[*?!]/.test(principals)) return 'principals are exact names here, and this line has a pattern';
  const bare = keyTypes.includes(second);
  const [type, key] = bare ? [second, third] : [third, fourth];
  if (!bare && !knownOptions(second))
    return 'options are joined with commas, without spaces, and these are not understood';
  if (!keyTypes.includes(type)) return 'there is no key of a known type on it';
  return /^[A-Za-z0-9+/]+={0,2}$/.test(key) ? undefined : 'its key is not base64';
}

function splitOutsideQuotes(line: string): readonly string[] {
  return line.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
}

function knownOptions(options: string): boolean {
  const parts = options.match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  return optionList.test(options) && parts.every((part) => option.test(part));
}
