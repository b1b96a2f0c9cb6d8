import NodeEnvironmentModule from 'jest-environment-node'

const NodeEnvironment = NodeEnvironmentModule.default ?? NodeEnvironmentModule

/**
 * Makes processes that a test starts write their V8 coverage. Set here, in the worker, and not for the whole run:
 * Node would read it at its own start and count twice what Jest counts already.
 */
export default class ChildCoverageEnvironment extends NodeEnvironment {
  constructor(config, context) {
    const folder = process.env.PEGEL_CHILD_COVERAGE
    if (folder !== undefined && folder !== '') process.env.NODE_V8_COVERAGE = folder
    super(config, context)
  }
}
