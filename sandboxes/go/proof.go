
import (
	"os"
	"testing"
)

// Says that the end of a test was reached, and that nothing in it has failed.
func ucbProve(t *testing.T, secret string) {
	if t.Failed() {
		// What the test printed is among the program's own output.
		os.Stderr.WriteString("an assertion of the tests failed\n")
		return
	}
	os.NewFile(3, "proof").WriteString(secret)
}
