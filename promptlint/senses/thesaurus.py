"""Groups of words that say the same in instructions to a model; English lemmas, written for this project.

A word is in one group only. Words with several senses are left out unless instructions use one of them nearly
always: a missing word costs a finding, a wrong one makes a false finding.
"""

from __future__ import annotations

from promptlint.words import STOPWORDS, table

_GROUPS = """
answer respond reply response react | say tell mention inform state communicate utter talk speak
ask inquire enquire | ask_about request solicit | write compose draft author pen
show display present exhibit | give provide supply deliver offer hand
use utilize utilise employ apply utilization usage | make create generate produce build construct
change modify alter edit amend adjust touch | rewrite rephrase paraphrase reword
remove delete drop strip erase | add append insert attach | include contain incorporate
show_up appear occur | keep retain preserve maintain remain stay
follow obey adhere comply respect abide observe conform | start begin open commence
end finish conclude close conclusion ending | stop cease halt quit | check verify confirm validate ensure
find locate discover identify detect spot | search look browse
choose select pick opt settle choice selection | prefer favor favour preference
guess speculate assume presume conjecture speculation assumption | invent fabricate hallucinate fabrication
predict forecast prediction foresee
recommend suggest advise advice propose recommendation suggestion proposal
explain clarify elucidate explanation clarification | describe depict description
summarize summarise summary recap condense | translate translation render
disclose reveal expose leak divulge | promise guarantee commit | refer redirect point direct
escalate handover transfer | apologize apologise apology sorry | thank thanks gratitude
greet greeting salutation hello | sign signature | refuse decline reject deny
allow permit permission allowed permitted | forbid prohibit ban forbidden prohibited | know knowledge
understand comprehend grasp | believe trust | think reason reasoning | consider regard weigh
need require requirement demand | try attempt strive aim effort | help assist support aid assistance
judge rate grade score evaluate assess evaluation assessment rating judgment judgement | compare comparison
repeat restate reiterate repetition duplicate redundant | copy reproduce replicate
quote cite citation reference | comment remark | discuss debate | threaten threat | blame fault
insult offend offensive rude insulting | argue argument | format formatting layout | fence codeblock
mark label tag annotate | list enumerate | sort order rank | count number | calculate compute calculation
read peruse | send forward submit | call invoke | run execute launch | install installation
commit_to check_in | test tests testing | fix repair correct | return yield | load open_up
handle process deal | happen occur_to | wait await | finish_up complete | last final
first initial initially | only just solely exclusively alone merely sole nothing_but
exactly precisely exact precise | always every each all everything whole entire constantly consistently
most maximum max | least minimum min | one single once | two twice both | three thrice
several multiple many numerous various
short brief concise succinct terse compact briefly concisely shortly brevity conciseness
long lengthy verbose | detailed thorough comprehensive exhaustive depth detail
simple plain easy straightforward simply | clear unambiguous clearly clarity
accurate faithful accuracy accurately factual fact | polite courteous respectful politely courtesy
friendly warm kind kindly | professional businesslike professionally professionalism
formal formally formality | calm composed | neutral objective impartial unbiased neutrally objectively
fast quick quickly rapid faster urgent urgently | important crucial critical essential vital
correctly properly right | new fresh | same identical equal | other another else different
current present_day now | same_as match | before prior beforehand
after afterwards subsequently following once_done | if when whenever case | because since as_reason
language tongue | english british | word words wording term | sentence phrase | paragraph passage_of
letter mail email e-mail message | character char | section chapter | line row | answer_text output result
title heading headline | item entry element | bullet point | field property attribute
number_of amount sum total figure | price cost fee fare charge | money payment pay cash
free complimentary gratis | refund reimbursement reimburse compensation compensate
discount reduction rebate | buy purchase | customer client shopper buyer | user caller visitor person
someone somebody anyone anybody person_any everyone everybody | nobody noone none | patient sufferer
student learner candidate pupil | employee staff colleague worker | engineer developer programmer
doctor physician | author writer | company firm business organisation organization
competitor rival competition | brand maker manufacturer | product goods article | drug medication medicine
dose dosage | illness disease diagnosis diagnose | symptom complaint | password credential secret
name names | date day | time hour | place location | room chamber | flight connection
boat sailing crossing ferry | trip journey travel | price_list tariff | document doc text_file | file files
folder directory | path pathname | code source_code | function method | variable identifier
library dependency package | repository repo | bug defect error mistake | tool tools
context passage passages excerpt | source sources | question query | topic subject theme
opinion view viewpoint | rule guideline instruction directive | task job assignment | step stage
example sample instance | idea concept | reason_for rationale justification why
doubt uncertain unsure unclear ambiguous uncertainty ambiguity | missing absent lacking unavailable
own personal private | confidential internal sensitive | legal law lawful | harmful dangerous unsafe harm
emoji emoticon smiley | markdown md | jargon buzzword lingo | preamble introduction intro opening
extra additional further surplus | verbatim literally unchanged word_for_word | turn message_turn
per apiece | large big huge | small little tiny | wide width broad | deep depth_of | high height tall
hide conceal | type kind sort_of | category class | skip omit | outside beyond elsewhere external
inside within | alter_ego persona role character_role | lie deceive mislead misleading | save store
link url hyperlink | picture image photo | wrong incorrect false | miss overlook | duty responsibility
main primary chief | specific particular concrete | common usual typical | useful helpful
unnecessary needless superfluous unneeded | safe secure | begin_with lead | style tone voice manner
audience reader readership | user_input input | translate_to convert | praise compliment commend applaud
encourage motivate hearten | scold reprimand lecture preach moralize moralise | rush hurry haste hasty
licence license | emphasize emphasise stress highlight underline accentuate | reuse recycle
collect gather aggregate compile | combine merge join unite fuse | split separate divide partition
measure gauge quantify | estimate approximate approximation roughly approximately
restrict confine restriction constrain | exceed surpass overrun | reduce decrease lessen minimize minimise
increase boost enlarge | expand extend elaborate widen | shorten trim abbreviate truncate
improve enhance refine optimize optimise polish | break damage | deploy release publish
receive obtain acquire | restore revert undo | continue proceed resume | cancel abort cancellation
confirmation approval approve consent agree | book reserve reservation | schedule arrange appointment
shipment parcel delivery | invoice bill | late delay overdue | early premature
cheap inexpensive affordable | expensive costly pricey | therapy treatment cure
allergy allergen intolerance | emergency crisis | child kid youngster | adult grown-up grownup
parent guardian | teacher tutor instructor educator | school academy | lawyer attorney solicitor
court tribunal | contract agreement | clause provision stipulation | tenant renter lessee | landlord lessor
house home dwell apartment flat | car vehicle automobile | road street | hotel accommodation lodge
restaurant diner | meal food dish | recipe cook | shop outlet | address residence | phone telephone
silent mute quiet unmention | hint clue cue | spoiler giveaway | solve resolve
solution resolution workaround | problem trouble difficulty | angry upset furious irritat | happy glad
sad unhappy distress | empathy sympathy compassion empathetic sympathetic
honest truthful candid frank honestly truthfully | pretend feign | impersonate mimic imitate
humor humour joke funny wit | sarcasm irony sarcastic ironic | slang colloquial colloquialism
cliche platitude | metaphor simile analogy | abbreviation acronym | spell orthography | typo misspell
uppercase capital capitalize capitalise cap | lowercase lower-case | footnote endnote
chart graph diagram plot | bracket parenthesis parenthese | placeholder slot | newline linebreak line-break
hash checksum | random randomness randomly arbitrary | database db | server host | timeout deadline
retry reattempt | review inspect examine examination inspection | diff patch | refactor restructure
obsolete outdat deprecate stale | recent latest newest | future upcom | holiday vacation
postpone defer reschedule | remind reminder | notify alert notification | warn caution | steal theft
fraud scam | spam junk | abuse harassment harass | hate hateful | violence violent | weapon firearm
suicide self-harm | gender sex | race ethnicity | religion faith | politic political | election vote
country nation | city town municipality | region area | border boundary | tax levy | loan credit
insurance coverage | policyholder insur | benefit advantage | drawback disadvantage | strength merit
weakness shortcom flaw | ability competence | experience expertise | salary wage | résumé cv | hire recruit
conversation dialogue chat | minute protocol | decision rul | attendee participant
owner assignee responsible | priority urgency | severity seriousness serious grave | queue backlog
representative operator | supervisor manager boss superior | machine device appliance | robot automaton
hypothesis supposition | evidence proof | rumor rumour hearsay | bia prejudice | fair equitable
unique distinct | probable likely probably | possible feasible | impossible infeasible
certain definite surely | partial incomplete | fully completely | approx circa
ratio proportion percentage percent | difference gap | trend tendency | cause origin
effect consequence impact | promptly immediately instantly immediate | slowly gradual
often frequently frequent | rarely seldom | sometimes occasionally | mandatory compulsory obligatory
optional voluntary | invisible hidden | foreign alien | tale narrative | scene set | player gamer
quest mission | reward prize | win victory | lose defeat | die death kill dead | enemy foe opponent
friend ally | synopsis abstract | slogan tagline motto | advertisement ad advert | campaign promotion
news bulletin | journalist reporter | editor copyeditor
"""


def _table() -> dict[str, str]:
    groups = (each.split() for line in _GROUPS.strip().splitlines() for each in line.split("|"))
    return {word: group[0] for group in groups for word in group}


CONCEPT: dict[str, str] = _table()
"""A lemma to the first word of its group."""

LIGHT = table(
    "use make give say keep follow always only thing way sure try check need include user other same new "
    "whole question consider handle want get go let see take come put rule per important first find show "
    "also specific correctly clear language write answer task information output text content format data "
    "provide must step list simple type item example context word number_of name relevant help based "
    "before after"
)
"""Concepts that most instructions share: they weigh little."""

STOP = (STOPWORDS - {"before", "after"}) | table(
    "please do does did doing done remember note make sure ensure be is are was were been being has have had "
    "also just really very then so as well like such etc e.g i.e yourself itself themselves always must "
    "should will would shall might need within whatever thing way rather go going really "
    "beyond regarding according get let"
)
"""Words without a concept."""
