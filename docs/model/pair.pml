/*
 * The lease, the takeover and the arbiter of a pair: the rules that keep two nodes from answering
 * for the virtual IP at one instant. Promela, for spin 6 (Debian's package `spin`). `run.sh` checks
 * every reachable state; README.md tells what is left out and why.
 *
 * Three pairs, each with the weakest network in which its rules have to hold:
 *   (nothing)   lease alone: of two successive beats at most one is lost
 *   -DPROBE     beats are lost at will; the segment of the virtual IP carries probes
 *   -DARBITER   beats are lost at will, the segment is cut; a compare-and-set elsewhere decides
 *
 * Time is in ticks of one beat. A process may stand still between any two of its steps for as long
 * as it likes: that is SIGSTOP, a late processor and a slow kernel at once. Kernels do not stand
 * still. Where a rule is written in Swift its place is named beside it.
 *
 * Assumed: both clocks run alike (CLOCK_MONOTONIC of two hosts drifts by 500 ppm at most, 0.1 ms in
 * 250). A datagram arrives within one tick or never, and in order (`PeerTracker`: sequence, boot).
 * A kernel with an open fence answers a probe, and one probe of the four arrives. The address
 * itself, epochs, readiness, sessions and `preempt` decide who holds, not how many: not here.
 */

#ifndef DEAD
#ifdef ARBITER
#define DEAD 5                   /* the least that an arbiter leaves room for */
#else
#define DEAD 3                   /* dead-after */
#endif
#endif
/* FenceLease.duration: dead-after without one beat, with an arbiter without three. */
#ifndef LEASE
#ifdef ARBITER
#define LEASE (DEAD - 3)
#else
#define LEASE (DEAD - 1)
#endif
#endif
#ifndef LONG
#define LONG (DEAD + 1)          /* boot hold, yield limit; 12 and 8 times dead-after in truth */
#endif

#ifndef CRASHES
#define CRASHES 1                /* kill -9 of a daemon, with or without its guardian */
#endif
#ifndef MOVES
#define MOVES 1                  /* `ha-balancer failover` */
#endif

#ifndef CUT
#define CUT false                /* no beat ever arrives */
#endif

#if defined(PROBE) || defined(ARBITER)
#define LOSSY                    /* beats may be lost at will, for ever */
#endif

/* What a node waits for may be over at any time: fewer states, and harder. But for the boot hold,
 * and what only news that are fresh allow. */
#if defined(ARBITER) && !defined(CALM)
#define ANY_TIME
#define AGES LEASE               /* what is older makes no difference */
#else
#define AGES DEAD
#endif
#if defined(NO_SLEEP_RULE) || defined(ANY_TIME) && CRASHES == 0
#define SLEEPS false             /* the rule of sleep */
#else
#define SLEEPS true
#endif
#ifndef WAKES
#define WAKES false              /* with ANY_TIME: a node may think at any time that it slept */
#endif

/* What a beat says; also what a node remembers as the last thing heard. */
#define NOTHING 0
#define STANDBY 1
#define ACTIVE 2
#define FENCED 3
#define YIELDING 4               /* has closed its fence, the other one shall take over */
#define GONE 5                   /* the guardian's release, or the last beat of an orderly stop */
/* Roles beside STANDBY, ACTIVE, FENCED and YIELDING. */
#define STARTING 6
#define DEAD_DAEMON 7

/* Where a process is between two steps. */
#define IDLE 0
#define SEND 1
#define STORE 2
#define LOOK 3                   /* has silence to explain: looks at its latch, */
#define ASK 4                    /* probes the segment, */
#define DECIDE 5                 /* and decides */
#define TELL 6                   /* of a guardian: the fence is closed, the peer is told next */
#define RESTART 7
#define OPEN LOOK                /* with an arbiter: it has decided, the first beat is next */

typedef Message {
    unsigned says : 3;           /* NOTHING: no message */
    bit flying;                  /* sent in this tick: it may not have arrived yet */
    bit fresh;                   /* sent in the sender's present role */
    bit ack;                     /* its sender had heard the receiver in that one's present role */
#ifdef ARBITER
    unsigned heard : 3;          /* age of the receiver's newest beat that its sender has heard */
    unsigned age : 3;            /* of the beat, where that is looked at */
#endif
}

typedef Node {
    unsigned role : 3;
    unsigned pc : 3;
    bit opening;                 /* the store to come opens the fence; else it prolongs */
    bit skipped;                 /* its last beat was lost: the next one arrives in time, */
    bit frozen;                  /* or the node stands still until it is fenced */
    unsigned lease : 3;          /* of the kernel: ticks until the fence is closed */
    unsigned age : 3;            /* since t0 of the beat that is being sent, or was sent last */
    unsigned before : 3;         /* while a beat is sent: since t0 of the beat before it */
    unsigned silence : 3;        /* since a beat was read, or since the node woke up */
    unsigned timer : 4;          /* boot hold, yield limit, listening while fenced */
    unsigned woken : 3;          /* until what is read after a sleep may be believed */
    unsigned heard : 3;          /* what the last beat said */
    bit knows;                   /* it was sent in the peer's present role */
    bit acked;                   /* the peer heard this node in its present role */
#ifdef PROBE
    bit latch;                   /* a closed fence has dropped a probe: it cannot be opened */
#endif
#ifdef ARBITER
    bit pays;                    /* at t0 of the beat that is being sent, rule 1 held */
    unsigned ackAge : 3;         /* of the newest beat that the peer has acknowledged */
    unsigned heardAge : 3;       /* of the newest beat of the peer that it has heard */
    unsigned seen : 3;           /* since it could see what the other one wrote last */
    unsigned asked : 3;          /* one more than the age of the write that is under way; or 0 */
    bit asksToTake;              /* that was asked for by one who is about to take over */
    bit asksAlone;               /* and says so */
    unsigned won : 3;            /* since the newest write that was won was asked for */
    bit mayTake;                 /* by one who was about to take over, and has not yet */
    bit left;                    /* the peer has, in order, and was not heard since */
    bit owes;                    /* it has held by that alone, and written nothing since */
    bit met;                     /* the peer has heard this life of it */
#endif
}

Node n[2];
Message socket[2];               /* for node i: arrived and not read, or still under way */
byte crashes = CRASHES;
byte moves = MOVES;
bit calm;                        /* no more faults: now the protocol has to show what it can do */
byte calmFor;
bit turned[2];                   /* in calm: node i had its turn in this tick */

/* What run.sh prints of a schedule that breaks a rule. */
#define show(i) printf("    node %d: role %d, lease %d, silence %d, age %d, timer %d, heard %d\n", \
    i, n[i].role, n[i].lease, n[i].silence, n[i].age, n[i].timer, n[i].heard); showArbiter(i)

#ifdef ARBITER
#define showArbiter(i) \
    printf("    node %d: pays %d, acked %d, won %d, seen %d, left %d, alone %d\n", \
    i, n[i].pays, n[i].ackAge, n[i].won, n[i].seen, n[i].left, keyAlone == i)
#else
#define showArbiter(i) skip
#endif

#define other(i) (1 - (i))
#define outranks(i) ((i) == 0)
#define least(a, b) ((a) < (b) -> (a) : (b))
#define minus(a, b) ((a) > (b) -> (a) - (b) : 0)
#define grow(x, top) x = ((x) < (top) -> (x) + 1 : (x))
#define shrink(x) x = ((x) > 0 -> (x) - 1 : 0)
#ifdef ANY_TIME
#define waiting(ticks) 1
#else
#define waiting(ticks) (ticks)
#endif
#define alive(i) (n[i].silence < DEAD && n[i].heard != NOTHING && n[i].heard != GONE)

/* Where nothing is said of a rule, it holds. Each can be taken away, and pan must then fail. */
#ifdef LONG_LEASE                /* L is not dead-after less one beat */
#define DURATION DEAD
#else
#define DURATION LEASE
#endif
#ifdef T0_AT_STORE               /* the clock is read after the beat has left */
#define sentFor(i) 0
#else
#define sentFor(i) n[i].age
#endif
#define paid(i) minus(DURATION, sentFor(i))
/* Nothing bounds how late a fence may be opened after t0, so what the beat before paid for does. */
#if defined(OPEN_FROM_T0) || defined(LOSSY)
#define paidAtFirst(i) paid(i)
#else
#define paidAtFirst(i) least(paid(i), minus(DURATION + 1, n[i].before))
#endif

#ifdef OLD_NEWS
#define fresh(i) true
#else
#define fresh(i) (n[i].silence < DEAD)
#endif

#include "arbiter.pml"

#ifdef ARBITER
#define pays(i) n[i].pays
#define isAging SLEEPS           /* of a beat that is over: only the rule of sleep asks for it */
#else
#define pays(i) true
#define isAging true
#endif

/* What was acknowledged until now says nothing any more (Node.Candidacy, askedFrom). */
inline askAnew(i) {
    n[i].acked = 0;
    n[other(i)].knows = 0;
    socket[other(i)].fresh = 0;
    socket[i].ack = 0;
}

inline become(i, next) {
    n[i].role = next;
    n[i].timer = 0;
#ifdef ARBITER
    n[i].owes = 0;
#endif
    askAnew(i);
}

/* Of a beat that is over. */
inline settle(i) {
    n[i].before = 0;
#ifdef ARBITER
    n[i].pays = 0;
#endif
    n[i].age = (isAging -> n[i].age : 0);
}

/* A beat begins: t0 = now (FenceLease, step 2). */
inline beat(i) {
#ifndef LOSSY
    n[i].before = n[i].age;
#endif
    n[i].age = 0;
    n[i].pc = SEND;
#ifdef ARBITER
    judgeBeat(i)
#endif
}

/* Takes the virtual IP: the beat first, it pays for the lease (Node.activate). */
inline activate(i) {
    become(i, ACTIVE);
    n[i].woken = 0;
    n[i].opening = 1;
#ifdef ARBITER
    n[i].mayTake = 0; n[i].asksToTake = 0;    /* that is used up */
    n[i].pc = OPEN;
#endif
}

/* Nobody else is heard, and this node wants the virtual IP. */
#if defined(PROBE) && !defined(NO_PROBE)
#define takeAlone(i) n[i].pc = LOOK
#else
#ifdef ARBITER
#define takeAlone(i) \
    if \
    :: mayTakeAlone(i) -> activate(i) \
    :: else \
    fi
#else
#define takeAlone(i) activate(i)
#endif
#endif

inline forget(m) {
    m.says = NOTHING; m.flying = 0; m.fresh = 0; m.ack = 0;
#ifdef ARBITER
    m.heard = 0; m.age = 0;
#endif
}

/* The sockets are drained before anything is concluded (HeartLoop.turn). */
inline drain(i) {
    if
    :: socket[i].says != NOTHING ->
#ifdef ARBITER
        learns(i);
#endif
        n[i].heard = socket[i].says;
        n[i].knows = socket[i].fresh;
        n[i].acked = n[i].acked | socket[i].ack;
        n[i].silence = 0;
        forget(socket[i])
    :: else
    fi
}

/* What a node that was stopped does: what it did not hear in that time says nothing. */
inline wake(i) {
#ifdef ARBITER
    n[i].silence = (n[i].heard == GONE -> DEAD : 0);
    n[i].woken = DEAD;
#else
    n[i].silence = 0;
    n[i].woken = (n[i].role == ACTIVE -> 0 : DEAD);
#endif
    if
    :: n[i].role == FENCED ->
        n[i].timer = waiting(DEAD);
#ifndef OLD_ANSWERS
        askAnew(i)
#endif
    :: else
    fi
}

/* Node.noticeSleep: after a pause as long as a lease nothing is known, and old news are old. */
inline noticeSleep(i) {
    if
    :: SLEEPS && n[i].age >= LEASE -> wake(i)
    :: else
    fi
}

/* What the beats allow; with ALWAYS_ASK, if the segment does too. */
#ifdef ALWAYS_ASK
#define takeAtOnce(i) n[i].pc = LOOK
#else
#ifdef ARBITER
#define takeAtOnce(i) \
    if \
    :: mayOpen(i) -> activate(i) \
    :: else \
    fi
#else
#define takeAtOnce(i) activate(i)
#endif
#endif

/* Node.considerTakeover. */
inline standby(i) {
    if
    :: n[i].woken > 0
    /* Resigned or released: at once, but on fresh news only. */
    :: n[i].woken == 0 && (n[i].heard == YIELDING || n[i].heard == GONE) && fresh(i) ->
        takeAtOnce(i)
    :: n[i].woken == 0 && n[i].silence >= DEAD -> takeAlone(i)
    /* Elected: both stand by, and the peer knows that this one does (peerKnowsCandidacy). */
    :: n[i].woken == 0 && alive(i) && n[i].heard == STANDBY && n[i].acked && outranks(i) ->
        takeAtOnce(i)
    :: else
    fi
}

/* Node.considerResuming: it was fenced, and asks whether the other one holds. */
inline fenced(i) {
    if
    :: n[i].heard == GONE && fresh(i) && n[i].woken == 0 -> takeAtOnce(i)
    :: !alive(i) && !(n[i].heard == GONE && fresh(i)) && n[i].timer == 0 -> takeAlone(i)
    :: alive(i) && n[i].heard == ACTIVE -> become(i, STANDBY)
    :: alive(i) && n[i].heard != ACTIVE && n[i].acked && (n[i].heard != FENCED || outranks(i)) ->
        takeAtOnce(i)
    :: alive(i) && n[i].heard != ACTIVE && !n[i].acked && n[i].timer == 0 -> become(i, STANDBY)
    :: else
    fi
}

/* The peer has the virtual IP, or had it and was fenced. */
#define took(i) (n[i].heard == ACTIVE || n[i].heard == FENCED)

inline judge(i) {
    if
#ifndef NO_FENCED_RULE
    /* "I was fenced": it steps down, and never prolongs (Node.noticeBrokenLease). */
    :: n[i].role == ACTIVE && n[i].lease == 0 ->
        become(i, FENCED);
        n[i].timer = waiting(DEAD);
#endif
    :: n[i].role == STARTING ->
        if
        :: (n[i].timer == 0 || alive(i) && (n[i].heard == ACTIVE || n[i].acked)) &&
            !isUntold(other(i)) ->
            become(i, STANDBY)
        :: else
        fi
    :: n[i].role == STANDBY -> standby(i)
    :: n[i].role == FENCED -> fenced(i)
    :: n[i].role == YIELDING ->
        if
        :: alive(i) && took(i) -> become(i, STANDBY)
#ifdef TAKE_BACK_AT_ONCE
        :: !(alive(i) && took(i)) && n[i].timer == 0 -> takeAtOnce(i)
#else
        :: !(alive(i) && took(i)) && n[i].timer == 0 -> become(i, STANDBY)
#endif
        :: else
        fi
    :: n[i].role == ACTIVE && n[i].heard == ACTIVE && alive(i) && !outranks(i) ->
        /* Two actives, as each believes: one lets go (Node.settleContest). */
        n[i].lease = 0;
        become(i, STANDBY)
    :: else
    fi
}

/* A beat overtakes one that is not read yet: both are read together, and the last one counts. */
inline post(i, what) {
#ifndef LOSSY
    socket[other(i)].flying = (socket[other(i)].says == NOTHING);
#endif
    socket[other(i)].says = what;
    socket[other(i)].fresh = 1;
    socket[other(i)].ack = n[i].knows | socket[other(i)].ack;
#ifdef ARBITER
    acknowledges(i)
#endif
}

/* FenceLease, step 3. What is lost is as if it had never been sent. */
#ifdef LOSSY
#define mayLose(i) !calm
#define mayLoseNext(i) !calm
#else
#define mayLoseNext(i) (!calm && !n[i].skipped && n[i].age <= 1)
#define mayLose(i) (!calm && !n[i].skipped && n[i].before <= 1 && n[i].age == 0)
#endif

inline send(i, isLost) {
    printf("node %d sends, lost %d\n", i, isLost);
#ifndef LOSSY
    n[i].skipped = isLost; n[i].frozen = 0;
#endif
    if
    :: isLost || n[other(i)].role == DEAD_DAEMON || CUT
    :: else ->
        if
        :: n[i].role == STARTING -> post(i, STANDBY); socket[other(i)].fresh = 0
        :: else -> post(i, n[i].role)
        fi
    fi;
    if
    :: n[i].role == ACTIVE -> n[i].pc = STORE
    :: else -> n[i].pc = IDLE; settle(i)
    fi
}

/* A fenced node's question may leave late too; that costs states, and is looked at by itself. */
#ifdef SLOW_QUESTION
#define asksSlowly(i) (n[i].role == FENCED)
#else
#define asksSlowly(i) false
#endif

/* One turn of the heart, with one beat at its end. */
inline turn(i, hears, isLost) {
    printf("node %d turns\n", i);
    noticeSleep(i);
    if
    :: hears -> drain(i)
    :: else
    fi;
    judge(i);
    turned[i] = calm;
    if
    :: n[i].pc == IDLE -> beat(i)
    :: else                      /* it probes first */
    fi;
    /* For who stands by it makes no difference when exactly a beat leaves. */
    if
    :: n[i].pc == SEND && n[i].role != ACTIVE && !asksSlowly(i) -> send(i, isLost)
    :: else
    fi
}

/* `failover`: the fence is closed before the beat says so (Node.yield). */
inline move(i) {
    printf("node %d yields\n", i);
    moves--;
    become(i, YIELDING);
    n[i].timer = waiting(LONG);
#ifndef YIELD_OPEN
    n[i].lease = 0;
#endif
    beat(i);
}

/* FenceLease, step 4: a compare-and-store by the kernel. Opening is a plain store, but a fence that
 * has dropped a probe while it was closed is latched. */
inline store(i) {
    printf("node %d stores\n", i);
    n[i].pc = IDLE;
    if
#ifdef PROBE
#ifndef NO_LATCH
    :: n[i].opening && n[i].latch -> become(i, STANDBY); n[i].pc = LOOK
    :: n[i].opening && !n[i].latch -> n[i].lease = paidAtFirst(i)
#else
    :: n[i].opening -> n[i].lease = paidAtFirst(i)
#endif
#else
    :: n[i].opening -> n[i].lease = paidAtFirst(i)
#endif
#ifdef PLAIN_STORE
    :: !n[i].opening -> n[i].lease = paid(i)
#else
    :: !n[i].opening && n[i].lease > 0 -> n[i].lease = paid(i)
    :: !n[i].opening && n[i].lease == 0
#endif
    fi;
    n[i].opening = 0;
    settle(i)
}

inline crash(i, next) {
    printf("node %d dies\n", i);
    crashes--;
    become(i, DEAD_DAEMON);
    n[i].opening = 0;
    n[i].heard = NOTHING; n[i].knows = 0;
    n[i].silence = 0; n[i].woken = 0; n[i].age = 0; n[i].before = 0;
    n[i].skipped = 0; n[i].frozen = 0;
    forget(socket[i]);
#ifdef ARBITER
    arbiterForgets(i);
#endif
    n[i].pc = next;
}

/* Will, WillExecution: close, tell, start again. */
inline guardian(i, isLost) {
    printf("node %d has a guardian that acts\n", i);
    if
#ifdef TELL_FIRST
    :: n[i].pc == STORE ->
        n[i].pc = TELL;
        if
        :: n[other(i)].role != DEAD_DAEMON -> post(i, GONE)
        :: else
        fi
    :: n[i].pc == TELL -> n[i].lease = 0; n[i].pc = RESTART
#else
    :: n[i].pc == STORE -> n[i].lease = 0; n[i].pc = TELL
    :: n[i].pc == TELL ->
        n[i].pc = RESTART;
        if
        :: isLost || n[other(i)].role == DEAD_DAEMON
        :: else -> post(i, GONE)
        fi
#endif
    :: n[i].pc == RESTART ->
        n[i].lease = 0;                        /* what is left of the earlier life is removed */
        n[i].role = STARTING; n[i].pc = IDLE; n[i].timer = LONG;
        n[i].age = AGES; n[i].before = 0; n[i].frozen = 0; n[i].skipped = 0;
        turned[i] = 0;
        askAnew(i)                             /* the release was of the earlier life */
    fi
}

inline passes(i) {
    shrink(n[i].lease);
    shrink(n[i].woken);
#ifdef ANY_TIME
    if
    :: n[i].role == STARTING -> shrink(n[i].timer)
    :: else
    fi;
#else
    shrink(n[i].timer);
#endif
    if
    :: n[i].role != DEAD_DAEMON ->
        if
        :: n[i].pc != IDLE || isAging -> grow(n[i].age, AGES)
        :: else
        fi;
#ifndef LOSSY
        if
        :: n[i].pc != IDLE -> grow(n[i].before, DEAD)
        :: else
        fi;
#endif
        grow(n[i].silence, DEAD);
#ifdef ANY_TIME
        if
        :: n[i].silence == DEAD && n[i].heard != GONE -> n[i].heard = NOTHING
        :: else
        fi;
#endif
#ifdef ARBITER
        arbiterPasses(i)
#endif
    :: else
    fi;
#ifdef ARBITER
    if
    :: socket[i].says == NOTHING -> skip
    :: else -> grow(socket[i].heard, ACK_OLD); ages(socket[i].age)
    fi;
#endif
    socket[i].flying = 0;
    turned[i] = 0;
}

/* In calm everybody does in time what is due; before that time passes when it likes, but for what
 * the network has promised. */
#define inTime(i) (!(lives(i) && n[i].skipped && !n[i].frozen \
    && (n[i].age >= 1 || n[i].pc == SEND)) \
    && (!calm || (n[i].pc == IDLE && lives(i) && turned[i] && isAnswered(i))))
/* Boot hold or yield limit, then silence or an election, and what lies between. */
#define PATIENCE (LONG + 3 * DEAD)

inline tick() {
    printf("-- a beat's time passes\n");
    passes(0);
    passes(1);
    if
    :: calm && calmFor < PATIENCE -> calmFor++
    :: else
    fi
}

inline check() {
    asks(0); asks(1);
    show(0); show(1);
    assert(!(n[0].lease > 0 && n[1].lease > 0));
    assert(calmFor < PATIENCE || n[0].lease > 0 || n[1].lease > 0)
}

#ifdef DIES                      /* only this node */
#define isMortal(i) ((i) == DIES)
#else
#define isMortal(i) true
#endif
#ifndef MAY_VANISH
#define MAY_VANISH true
#endif
#define mayDie(i) (lives(i) && crashes > 0 && !calm && isMortal(i))
#define lives(i) (n[i].role != DEAD_DAEMON)
#define runs(i) (lives(i) && (!n[i].frozen || n[i].age == DEAD))
#define mayTurn(i) (runs(i) && n[i].pc == IDLE && (!calm || !turned[i]))

#define steps(i) \
    :: d_step { mayTurn(i) -> turn(i, true, false); check() } \
    :: d_step { mayTurn(i) && socket[i].flying && !calm -> turn(i, false, false); check() } \
    :: d_step { mayTurn(i) && mayLoseNext(i) -> turn(i, true, true); check() } \
    :: d_step { mayTurn(i) && socket[i].flying && mayLoseNext(i) -> turn(i, false, true); check() } \
    :: d_step { runs(i) && n[i].role == ACTIVE && n[i].pc == IDLE \
        && n[i].lease > 0 && moves > 0 && !calm \
        && alive(i) && n[i].heard == STANDBY -> move(i) } \
    :: d_step { runs(i) && n[i].pc == SEND -> send(i, false) } \
    :: d_step { runs(i) && n[i].pc == SEND && mayLose(i) -> send(i, true) } \
    :: d_step { runs(i) && n[i].pc == STORE && pays(i) -> \
        store(i); check() } \
    :: d_step { runs(i) && n[i].pc == STORE && !pays(i) -> \
        n[i].pc = IDLE; n[i].opening = 0; settle(i) } \
    :: d_step { lives(i) && n[i].skipped && !n[i].frozen && !calm -> n[i].frozen = 1 } \
    /* kill -9 of the daemon; of daemon and guardian; power off */ \
    :: d_step { mayDie(i) -> crash(i, STORE) } \
    :: d_step { mayDie(i) && MAY_VANISH -> crash(i, RESTART) } \
    :: d_step { mayDie(i) && MAY_VANISH -> crash(i, RESTART); n[i].lease = 0 } \
    :: d_step { !lives(i) -> guardian(i, false) } \
    :: d_step { !lives(i) && n[i].pc == TELL && !calm -> guardian(i, true) }

#ifdef PROBE
/* Takeover, 2 and 3. */
#define probing(i) \
    :: d_step { n[i].pc == LOOK && lives(i) -> n[i].latch = 0; n[i].pc = ASK } \
    :: d_step { n[i].pc == ASK && lives(i) -> \
        if \
        /* Somebody holds: shut as if that one had asked. */ \
        :: n[other(i)].lease > 0 -> n[i].silence = 0; n[i].latch = 1; n[i].pc = IDLE \
        :: else -> n[other(i)].latch = 1; n[i].pc = DECIDE \
        fi } \
    :: d_step { n[i].pc == DECIDE && lives(i) -> \
        if \
        :: n[i].latch && outranks(i) -> n[i].pc = LOOK \
        :: n[i].latch && !outranks(i) -> n[i].silence = 0; n[i].pc = IDLE \
        :: !n[i].latch -> activate(i); beat(i) \
        fi }
#else
#define probing(i)
#endif

/* ANY_TIME. */
#define hurries(i) \
    :: d_step { n[i].timer > 0 && n[i].role != STARTING -> n[i].timer = 0 } \
    :: d_step { mayTurn(i) && WAKES -> wake(i) }

init {
    d_step {
#ifdef ANY_TIME                  /* boot hold is over */
        n[0].role = STANDBY; n[1].role = STANDBY;
#else
        n[0].role = STARTING; n[1].role = STARTING;
        n[0].timer = LONG; n[1].timer = LONG;
        n[0].age = AGES; n[1].age = AGES;
#endif
#ifdef ARBITER
        arbiterBegins(0); arbiterBegins(1)
#endif
    }
    do
    steps(0)
    steps(1)
    probing(0)
    probing(1)
    arbiter(0)
    arbiter(1)
#ifdef ANY_TIME
    hurries(0)
    hurries(1)
#endif
    :: d_step { inTime(0) && inTime(1) -> tick(); check() }
#ifdef CALM
    :: d_step { !calm && !n[0].frozen && !n[1].frozen ->
        calm = 1; crashes = 0; moves = 0; turned[0] = 0; turned[1] = 0 }
#endif
    od
}
