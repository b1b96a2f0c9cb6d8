/** How many elements of a request were written, as the X-Prometheus-Remote-Write-*-Written headers have them. */
export class Written {
  samples = 0
  histograms = 0
  exemplars = 0
  refusedExemplars = 0
}
