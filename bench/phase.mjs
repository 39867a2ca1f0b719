// How golive is asked for the looks of one phase of a real checklist, with a stand-in in place of the account.

/** The blanks of the paper; what has a default keeps it. */
export const phaseEnvironment = {
  GOLIVE_INPUT_ALEMBIC_HEAD: '9f2c4e7a1b30',
  GOLIVE_INPUT_BACKEND_REVISION: '42',
  GOLIVE_INPUT_EXPECTED_RPM: '60',
  GOLIVE_INPUT_FRONTEND_REVISION: '31',
  GOLIVE_INPUT_ON_CALL_CONTACT: 'on-call@example.com',
  GOLIVE_INPUT_SPENT_TOKEN: 'bench-spent-token',
  GOLIVE_INPUT_TEST_TOKEN: 'bench-test-token',
};

/** The arguments of golive for the phase T-7d, from what a stand-in says of itself. */
export function phaseArguments({ dns, ca, connectTo }) {
  const reached = connectTo.flatMap((each) => ['--connect-to', each]);
  const ways = ['--allow-endpoint', '--dns-server', dns, '--ca', ca, ...reached];
  return ['run', 'aep-prod', '--dry-run', '--phase', 'prepare', ...ways];
}
