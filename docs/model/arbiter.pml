/*
 * The arbiter of a pair (-DARBITER, included by pair.pml): one key that only a compare-and-set
 * writes. Nothing is ever taken away from its owner by time.
 */

#ifdef ARBITER

/* What may pay for a beat: acknowledged or won within dead-after - L; and an age that is too old. */
#define WINDOW (DEAD - LEASE)
#define OLD (WINDOW + 1)

#ifndef ACK_LIMIT
#define ACK_LIMIT WINDOW
#endif

/* Rule 1, judged at t0. */
#define isPaid(i) (n[i].ackAge <= ACK_LIMIT || n[i].won <= WINDOW)
#ifdef FREE_RENEWAL
#define mayRenew(i) true
#else
#define mayRenew(i) isPaid(i)
#endif
#ifdef DECIDED_EARLY             /* an opening is judged when it is decided on */
#define mayOpenNow(i) true
#else
#define mayOpenNow(i) mayOpen(i)
#endif
#define mayOpen(i) isPaid(i)
#define pays(i) n[i].pays

inline arbiterBegins(i) {
    n[i].won = OLD; n[i].ackAge = OLD
}

inline arbiterPasses(i) {
#ifndef WON_FOR_EVER
    grow(n[i].won, OLD);
    n[i].mayTake = n[i].mayTake && n[i].won < OLD;
#endif
    grow(n[i].ackAge, OLD);
    grow(n[i].seen, DEAD);
    if
    :: n[i].asked == 0
    :: n[i].asked > 0 && n[i].asked <= WINDOW -> n[i].asked++
    :: n[i].asked > WINDOW -> n[i].asked = 0; n[i].asksToTake = 0
    fi
}

#ifdef ANY_WIN                   /* also what it won while it held */
#define mayTakeAlone(i) (n[i].silence == DEAD && n[i].won <= WINDOW)
#else
#define mayTakeAlone(i) (n[i].silence == DEAD && n[i].mayTake && n[i].won <= WINDOW)
#endif

/* Rule 2. */
#define writesAsHolder(i) (n[i].role == ACTIVE && n[i].lease > 0)
/* Rule 3. */
#ifdef NO_WAIT
#define waited(i) true
#else
#define waited(i) (n[i].seen == DEAD)
#endif
#define writesAsTaker(i) ((n[i].role == STANDBY || n[i].role == FENCED) \
    && n[i].silence == DEAD && waited(i))

/* To ask early is only less: it has always just asked when it may. */
inline asks(i) {
    if
    :: writesAsHolder(i) -> n[i].asked = 1; n[i].asksToTake = 0
    :: writesAsTaker(i) -> n[i].asked = 1; n[i].asksToTake = 1
    :: else
    fi
}

#ifdef WON_AT_ANSWER
#define wonSince(i) 0
#else
#define wonSince(i) (n[i].asked - 1)
#endif
inline lose(i) {
#ifndef BLIND_WRITE
    n[i].asked = 0; n[i].asksToTake = 0;
#endif
#ifndef KEEP_SINCE
    n[i].seen = 0
#endif
}

inline wins(i) {
    printf("node %d wins the key\n", i);
    n[i].won = wonSince(i);
    n[i].mayTake = n[i].asksToTake;
    n[i].asked = 0; n[i].asksToTake = 0;
    lose(other(i))
}

#define arbiter(i) \
    :: d_step { n[i].asked > 0 -> wins(i); check() }

#ifdef ANY_TIME
#define waits(i) \
    :: d_step { n[i].timer > 0 -> n[i].timer = 0 } \
    :: d_step { n[i].woken > 0 -> n[i].woken = 0 } \
    :: d_step { mayTurn(i) && WAKES -> wake(i) }
#else
#define waits(i)
#endif

#else
#define pays(i) true
#define arbiter(i)
#define waits(i)
#define asks(i) skip
#endif
