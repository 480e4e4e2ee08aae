/*
 * The arbiter of a pair (-DARBITER, included by pair.pml): one key that only a compare-and-set
 * writes, and that no time takes away from anybody. In Swift: Node+Arbiter.swift.
 *
 * What can only delay a node is left out, so that each does what it may as early as it may: a read
 * sees a write at once, who may write has just asked, and a request that fails is one that was not
 * made. Only an answer may be late, for as long as it likes.
 */

#ifdef ARBITER

/* What may pay for a beat: acknowledged or won as lately. OLD is an age that is too old. */
#define WINDOW (DEAD - LEASE)
#define OLD (WINDOW + 1)

#ifdef LATE_ACKS                 /* an acknowledgement pays for one beat longer */
#define ACK_LIMIT (WINDOW + 1)
#else
#define ACK_LIMIT WINDOW
#endif
#define ACK_OLD (ACK_LIMIT + 1)

#define NOBODY 2
byte keyAlone = NOBODY;          /* who holds without asking, as the key says */

#ifdef NO_ARBITER                /* lost for ever */
#define answers false
#else
#define answers true
#endif

/* Rule 1, judged at t0. */
#define isPaid(i) (n[i].ackAge <= ACK_LIMIT || n[i].won <= WINDOW)
#ifdef FREE_RENEWAL
#define mayRenew(i) true
#else
#define mayRenew(i) (isPaid(i) || n[i].left && isExempt(i))
#endif
#define mayOpen(i) (isPaid(i) \
    || n[i].heard == GONE && fresh(i) && n[i].woken == 0 && isExempt(i))
#ifdef DECIDED_EARLY             /* an opening is judged when it is decided on */
#define mayOpenNow(i) true
#else
#define mayOpenNow(i) mayOpen(i)
#endif

/* Rule 2. To write more often than is needed is harder. */
#define writesAsHolder(i) (answers && n[i].role == ACTIVE && n[i].lease > 0)

/* Rule 3. */
#ifdef NO_WAIT
#define waited(i) true
#else
#define waited(i) (n[i].seen == DEAD)
#endif
#define isSilent(i) (n[i].silence == DEAD && n[i].woken == 0)
#define writesAsTaker(i) (answers && (n[i].role == STANDBY || n[i].role == FENCED) \
    && isSilent(i) && waited(i) && !isForbidden(i))
#ifdef ANY_WIN                   /* what it won while it held counts too */
#define mayTakeAlone(i) (isSilent(i) && n[i].won <= WINDOW)
#else
#define mayTakeAlone(i) (isSilent(i) && n[i].won <= WINDOW && n[i].mayTake)
#endif

/* Rule 4. */
#if CRASHES > 0
#define isCandidate(i) (n[i].role != DEAD_DAEMON && n[i].role != STARTING)
#ifdef NOT_ALONE
#define isForbidden(i) false
#else
#define isForbidden(i) (keyAlone == other(i) && !n[i].met)
#endif
#ifdef ALONE_LATE                /* it may be back before the holder could write this */
#define isExempt(i) true
#define isUntold(i) false
#else
#define isExempt(i) (keyAlone == i || !isCandidate(other(i)))
#define isUntold(i) (n[i].role == ACTIVE && n[i].owes)
#endif
#else
#define isForbidden(i) false
#define isExempt(i) true
#define isUntold(i) false
#endif

/* How old is what was heard: in truth, of the beat; where that is harder, of its being read. */
#ifdef CALM
#define ages(x) grow(x, ACK_OLD)
#define acknowledges(i) \
    socket[other(i)].heard = n[i].heardAge; \
    socket[other(i)].age = least(n[i].age, ACK_OLD)
#else
#define ages(x) skip
#define acknowledges(i) \
    socket[other(i)].heard = (n[i].heard == NOTHING -> ACK_OLD : least(n[i].silence, ACK_OLD))
#endif

inline arbiterBegins(i) {
    n[i].won = OLD; n[i].ackAge = ACK_OLD;
#ifdef CALM
    n[i].heardAge = ACK_OLD
#endif
}

inline arbiterForgets(i) {
    n[i].seen = 0; n[i].pays = 0; n[i].mayTake = 0;
    n[i].met = 0; n[i].left = 0; n[i].owes = 0;
    noWrite(i);
    arbiterBegins(i)
}

inline learns(i) {
    n[i].ackAge = least(n[i].ackAge, socket[i].heard);
#ifdef CALM
    n[i].heardAge = socket[i].age;
#endif
#if CRASHES > 0
    n[i].met = n[i].met | socket[i].ack;
    n[i].left = (socket[i].says == GONE)
#endif
}

inline judgeBeat(i) {
    n[i].pays = (n[i].role == ACTIVE && (n[i].opening -> mayOpenNow(i) : mayRenew(i)));
#if CRASHES > 0
    n[i].owes = n[i].owes || n[i].pays && !isPaid(i) && keyAlone != i
#endif
}

inline noWrite(i) {
    n[i].asked = 0; n[i].asksToTake = 0; n[i].asksAlone = 0
}

inline asks(i) {
    if
    :: writesAsHolder(i) -> n[i].asked = 1; n[i].asksToTake = 0; n[i].asksAlone = n[i].left
    :: writesAsTaker(i) -> n[i].asked = 1; n[i].asksToTake = 1; n[i].asksAlone = n[i].left
    :: else
    fi
}

#ifdef WON_AT_ANSWER
#define wonSince(i) 0
#else
#define wonSince(i) (n[i].asked - 1)
#endif

/* The answer counts from the question. */
inline isTold(i) {
    n[i].won = wonSince(i);
    n[i].mayTake = n[i].asksToTake
}

/* The other one has written: what was asked over what it had read before fails. */
inline loses(i) {
#ifndef BLIND_WRITE
    noWrite(i);
#endif
#ifndef KEEP_SINCE
    n[i].seen = 0
#endif
}

inline wins(i) {
    printf("node %d wins the key\n", i);
    isTold(i);
#if CRASHES > 0
    keyAlone = (n[i].asksAlone -> i : NOBODY);
    n[i].owes = 0;
#endif
    noWrite(i);
    loses(other(i))
}

inline arbiterPasses(i) {
#ifndef WON_FOR_EVER
    grow(n[i].won, OLD);
    n[i].mayTake = n[i].mayTake && n[i].won < OLD;
#endif
    grow(n[i].ackAge, ACK_OLD);
    ages(n[i].heardAge);
    grow(n[i].seen, DEAD);
    if
    :: n[i].asked == 0
    :: n[i].asked > 0 && n[i].asked <= WINDOW -> n[i].asked++
    :: n[i].asked > WINDOW -> noWrite(i)      /* it would pay for nothing any more */
    fi
}

/* In calm it answers within a beat. */
#define isAnswered(i) (n[i].asked == 0 || n[i].won == 0)

#ifdef UNANSWERED                /* a write that was not answered is taken for won */
#define unanswered(i) \
    :: d_step { n[i].asked > 0 -> isTold(i); noWrite(i); check() }
#else
#define unanswered(i)
#endif

#define arbiter(i) \
    :: d_step { n[i].pc == OPEN && lives(i) -> beat(i); check() } \
    :: d_step { n[i].asked > 0 -> wins(i); check() } \
    unanswered(i)

#else
#define isAnswered(i) true
#define isUntold(i) false
#define arbiter(i)
#define asks(i) skip
#endif
