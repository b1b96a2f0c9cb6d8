import { detectionErrors } from '../errors.ts'
import type { Forecaster, ForecastOptions } from './forecast.ts'
import { SeriesForecaster } from './series-forecaster.ts'

/** Of a series of which nothing is known. Throws detectionErrors.bad_option. */
export function createForecaster(options: ForecastOptions = {}): Forecaster {
  return new SeriesForecaster(checkOptions(options))
}

/** One that continues where the saved one stood; the options need not be those of before. Throws detectionErrors.bad_state and bad_option. */
export function restoreForecaster(bytes: Uint8Array, options: ForecastOptions = {}): Forecaster {
  const forecaster = new SeriesForecaster(checkOptions(options))
  forecaster.load(bytes)
  return forecaster
}

function checkOptions(options: ForecastOptions): ForecastOptions {
  const { least = -Infinity, most = Infinity } = options
  if (Number.isNaN(least)) throw detectionErrors.bad_option({ option: 'least', value: least, problem: 'use a number' })
  if (!(most > least))
    throw detectionErrors.bad_option({
      option: 'most',
      value: most,
      problem: `use more than the least, which is ${least}`,
    })
  return options
}
