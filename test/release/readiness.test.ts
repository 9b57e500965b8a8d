import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findSection } from '../../scripts/release/changelog.ts';
import { findObstacles, type State } from '../../scripts/release/readiness.ts';

const changelog = '# Changelog\n\n## 1.2.0 (2026-02-01)\n\n- New.\n\n## 1.1.0 (2026-01-01)\n\n- Old.\n';
const ready: State = { version: '1.2.0', lockedVersion: '1.2.0', changelog, changes: '', tagged: '', commit: 'c0ffee' };

describe('a release', () => {
  const refusals: readonly (readonly [string, Partial<State>, readonly RegExp[]])[] = [
    ['whose version is not one', { version: '1.2', lockedVersion: '1.2' }, [/version 1\.2 is not like 1\.2\.3/, /no section for 1\.2:/]],
    [
      'whose lock file has another version',
      { lockedVersion: '1.1.0' },
      [/^package-lock\.json: has version 1\.1\.0, package\.json 1\.2\.0/],
    ],
    ['that the changelog does not know', { version: '1.3.0', lockedVersion: '1.3.0' }, [/expected ## 1\.3\.0 \(YYYY-MM-DD\)/]],
    ['without a word in the changelog', { changelog: '## 1.2.0 (2026-02-01)\n\n## 1.1.0 (2026-01-01)\n\n- Old.\n' }, [/is empty/]],
    ['without a day', { changelog: '## 1.2.0 (unreleased)\n\n- New.\n' }, [/says \(unreleased\): put the day there/]],
    [
      'with unreleased changes above it',
      { changelog: changelog.replace('## 1.2.0', '## Next (unreleased)\n\n- Newer.\n\n## 1.2.0') },
      [/Next stands above 1\.2\.0/],
    ],
    ['that is an older one', { version: '1.1.0', lockedVersion: '1.1.0' }, [/1\.2\.0 stands above 1\.1\.0/]],
    [
      'of a checkout with changes',
      { changes: ' M src/main.ts\n?? a\n?? b\n?? c\n?? d\n?? e\n?? f\n' },
      [/: src\/main\.ts, a, b, c, d and 2 more: commit them/],
    ],
    ['that was made from another commit', { tagged: 'decaf0decaf0decaf0' }, [/v1\.2\.0 was released from another commit \(decaf0decaf0\)/]],
  ];
  for (const [what, change, expected] of refusals) {
    test(`${what} is refused, saying what to do`, () => {
      const obstacles = findObstacles({ ...ready, ...change });
      assert.equal(obstacles.length, expected.length, obstacles.join('\n'));
      expected.forEach((pattern, index) => assert.match(obstacles[index]!, pattern));
    });
  }

  test('with all in order may be made, and once more from the same commit', () => {
    assert.deepEqual(findObstacles(ready), []);
    assert.deepEqual(findObstacles({ ...ready, tagged: ready.commit }), []);
  });

  test('is told every reason against it at once', () => {
    assert.equal(findObstacles({ ...ready, lockedVersion: '1.0.0', changes: '?? a\n', tagged: 'decaf0' }).length, 3);
  });

  test('takes its section of the changelog and nothing of its neighbours', () => {
    assert.deepEqual(findSection(changelog, '1.2.0'), { title: '1.2.0', date: '2026-02-01', text: '- New.' });
  });
});
