// What programs commonly import: compiled once while the image is made.
package main

import (
	"bytes"
	"container/heap"
	"container/list"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/cmplx"
	"math/rand"
	"os"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

var (
	_ = bytes.Compare
	_ = heap.Init
	_ = list.New
	_ = md5.Sum
	_ = hex.EncodeToString
	_ = errors.New
	_ = fmt.Sprint
	_ = math.Abs
	_ = big.NewInt
	_ = bits.Len
	_ = cmplx.Abs
	_ = rand.Intn
	_ = os.Exit
	_ = reflect.DeepEqual
	_ = regexp.MustCompile
	_ = slices.Contains[[]int]
	_ = sort.Ints
	_ = strconv.Itoa
	_ = strings.Fields
	_ sync.Mutex
	_ = time.Now
	_ = unicode.IsUpper
	_ = utf8.RuneLen
)

func TestSample(t *testing.T) {
	assert := assert.New(t)
	assert.Equal(3, 1+2)
	ucbProve(t, "sample")
}
