/** Three sizes of test: unit (no I/O), it (one real component), e2e (real processes, public doors only). */
const base = {
  rootDir: import.meta.dirname,
  testEnvironment: '<rootDir>/tools/test/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^@pegel/(.*)$': '<rootDir>/libs/$1/src/index.ts' },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.nx', '<rootDir>/.stack'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: true,
      },
    ],
  },
}

export default {
  testTimeout: 60_000,
  collectCoverageFrom: [
    'libs/*/src/**/*.ts',
    'apps/*/src/**/*.ts',
    '!**/*.spec.ts',
    '!**/generated/**',
    '!libs/testing/**',
  ],
  projects: [
    { ...base, displayName: 'unit', testMatch: ['**/*.spec.ts'] },
    { ...base, displayName: 'it', testMatch: ['**/*.it.ts'] },
    { ...base, displayName: 'e2e', testMatch: ['**/*.e2e.ts'] },
  ],
}
