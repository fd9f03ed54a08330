"""What the page on training states."""

from book_utils import chapters

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "training")
exercises = 6
states("[With a learning rate of 0.002](#learning?rate=0.002)", 0.002)
states("[With a rate of 0.5](#learning?rate=0.5&seeds=5)", 0.5)
states("Allow 39 minutes, and another 18 for the exercises.", page.minutes, 3 * exercises)
states("in grey, 28×28 pixels.", *learn.images.shape[2:])
low, high = learn.images.aminmax()
states(
    "images of shape (n, 1, 28, 28), with values from 0 (black) to 1 (white), and **labels**, "
    "whole numbers from 0 to 9.",
    *(*learn.images.shape[1:], low, high, learn.labels.min(), learn.labels.max()),
)
assert all(len(set(part.labels.bincount().tolist())) == 1 for part in (learn, validation, test_set))

states("Take three classes with the scores 2, 1 and 0.", 2, 1, 0)
e = torch.tensor([2.0, 1, 0]).exp()
p = e / e.sum()
states("Raise $e$ to each: 7.39, 2.72 and 1, together 11.11.", *e, e.sum())
states("Their shares of the whole, 0.67, 0.24 and 0.09, are positive and add up to 1", *p, p.sum())
states("Their negative (natural) logarithms are 0.41, 1.41 and 2.41.", *-p.log())
states(r"pays $-\log \frac{1}{10} = 2.303$, whatever", 1, 10, F.cross_entropy(no_idea, labels))
states("a vector of zeros with a 1 at the true class", F.one_hot(labels, 10).max())
states("All terms but one are 0:", 0)
states("pays 1.461, which is", twice)
assert math.isclose(twice, math.log(1 + 9 / math.e), abs_tol=1e-4)

optimiser = torch.optim.SGD(net.parameters(), lr=0.9)
states(
    r"The **learning rate** $\eta$ is 0.9 here, as in the earlier editions of *Dive into Deep "
    "Learning* {cite}`zhang2021`, where a batch has 256 images; ours has 64, to take",
    *train_epoch.__defaults__[:1],
    cited(256),
    train_epoch.__defaults__[1],
)
jumps = {}
for batch in (1, 1500):
    lab = LearningLab(batch=batch, rate=0.05)
    lab.train(20)
    steps = torch.tensor(lab.losses[0]).diff()
    jumps[batch] = (steps > 0).float().mean()  # how often the loss rises
assert jumps[1] > 0.3 > 0.05 > jumps[1500]
states("In the lab above, at a rate of 0.05, [a batch of 1]", lab.rate, min(jumps))
states("[a batch of 1,500](#learning?batch=1500&rate=0.05), all", max(jumps))
states("A loss of about 2.3, one image in ten right", math.log(10))
states("hence the 6 in `xavier`.", 2 * 3)
states("Send 256 different ones through", 256)
states("With gain 1, each layer shrinks the differences several-fold", min(runs))
fades = runs[1.0].mean(0)  # (5,)
assert (fades[:-1] / fades[1:] > 2).all()
z = torch.zeros(1, requires_grad=True)
z.sigmoid().backward()
states("with a slope of 1, as $\\tanh$ does.", 1 - math.tanh(0) ** 2)
states("The sigmoid has a slope of only 1/4 at 0.", 1, 1 / z.grad, 0)
states("four times the size: `gain=4`", LeNet.__init__.__defaults__[0])
states("says 1 for the sigmoid", nn.init.calculate_gain("sigmoid"))
states("**ReLU** has a slope of 1 for one half of what comes in and of 0 for the other.", 1, 0)
uniform = torch.randn(1_000_000, generator=torch.Generator().manual_seed(0))
assert abs(F.relu(uniform).square().mean() - 0.5) < 0.01
states("weights √2 times as large as without ReLU", nn.init.calculate_gain("relu") ** 2)
assert 0.5 < strength(1) * 1024 < 1.5 and 0.7 < strength(math.sqrt(2)) < 1.4
states("a thousandth of the strength is left, $2^{-10}$; with √2, it", 2**-10, 2)

states("at rates of 0.03, 0.1, 0.3, 1 and 3.", *rates)
held_back = activations.select(study="rates")[0]
states(
    "Of the 60,000 training images 10,000 were held back for validation; each network learned for "
    "three epochs from the other 50,000.",
    held_back["n_train"] + held_back["n_test"],
    *(held_back["n_test"], held_back["n_train"]),
)


def best(model):
    return max(rates, key=lambda lr: records.mean_std(tried(model, lr))[0])


states("1 with sigmoids and 0.3 with ReLU:", best("lenet"), best("relu_lenet"))
assert max(tried("relu_lenet", 1.0)) < 0.11
states("at a rate of 1 the ReLU network is right one time in ten.", 1)
apart = max(abs(a - b) for model in names for lr in rates for a, b in [tried(model, lr)])
states("the two runs at one rate are up to 0.11 apart.", apart)

states("learn from only 200 images", len(few))
states("The network memorises its 200 images, and the loss on them goes to 0.", len(few), 0)
assert by_heart.train_loss[-1] < 0.1 and min(by_heart.test_loss) < by_heart.test_loss[-1] - 0.2
sigmoid = lenets.select(model="lenet")


def mean_of(what, epoch):
    return records.mean_std(run[what][epoch] for run in sigmoid)[0]


states(
    "LeNet is right on 56 % of the training images and on 68 % of the test images.",
    *(100 * mean_of(what, 0) for what in ("train_accuracy", "test_accuracy")),
)

states("All 60,000 images are one argument away", lenets.n_train)
states(
    "print 60,807 images a second for this network on their GPU, more than 20 times what",
    cited(60_807),
    cited(20),
)
(speed,) = records.load("speed").select(model="lenet", form="float32")
assert "H200" in records.load("speed").device
states("processes 131,700, in batches of 256.", speed["examples_a_second"], speed["batch_size"])

states(
    "began with a dense network of 335,114 parameters",
    lenets.select(model="dense")[0]["parameters"],
)
states("on all 60,000 images, ten epochs, five seeds each.", lenets.n_train)
assert [len(run["test_accuracy"]) for run in lenets.runs] == [10] * 10


def ended(found):
    return records.mean_std(last(found))


def final(model, schedule):
    return activations.select(study="final", model=model, schedule=schedule)


states(
    "| LeNet, sigmoids | 61,706 | 0.9 | 0.834 ± 0.026 | 0.850 ± 0.002 | | dense, ReLU | 335,114 | "
    "0.3 | 0.850 ± 0.022 | | | LeNet, ReLU, max pooling | 61,706 | 0.3 | 0.873 ± 0.017 | "
    "0.893 ± 0.003 |",
    *(sigmoid[0]["parameters"], sigmoid[0]["lr"], *ended(sigmoid)),
    *ended(final("lenet", "cosine")),
    *(lenets.select(model="dense")[0][what] for what in ("parameters", "lr")),
    *ended(lenets.select(model="dense")),
    *(fair[0]["parameters"], fair[0]["lr"], *ended(fair), *ended(final("relu_lenet", "cosine"))),
)
(lenet, sd_lenet), (dense_, sd_dense) = ended(sigmoid), ended(lenets.select(model="dense"))
assert abs(lenet - dense_) < min(sd_lenet, sd_dense)


def standard_error(*scatters):
    return (sum(scatter**2 for scatter in scatters) / len(lenets.seeds)) ** 0.5


states(
    "The first two networks are 0.015 apart, one standard error, which is also 0.015:",
    *(dense_ - lenet, standard_error(sd_lenet, sd_dense)),
)
relu, sd_relu = ended(fair)
states(
    "is 0.023 above the dense network, 1.8 standard errors:",
    *(relu - dense_, (relu - dense_) / standard_error(sd_relu, sd_dense)),
)
states(
    "the two LeNets began at 1 and 0.3, their best",
    *(final(model, "cosine")[0]["lr"] for model in ("lenet", "relu_lenet")),
)
states(
    "| LeNet, sigmoids, clothes, 10 epochs: the TensorFlow notes | loss 0.484, training 0.816, "
    "test 0.813 | loss 0.373, training 0.862, test 0.834 | | the same, release 0.16.4 "
    "{cite}`zhang2021` | test 0.806 |",
    *map(cited, (10, 0.484, 0.816, 0.813)),
    *(mean_of(what, -1) for what in ("train_loss", "train_accuracy", "test_accuracy")),
    cited(0.806),
)
digit_runs = records.load("digits")
assert {run["epochs"] for run in digit_runs.runs} == {50}
states(
    "30 epochs | training 98.1 %, test 97.7 % | test 98.5 ± 0.2 % |",
    *map(cited, (30, 98.1, 97.7)),
    *(100 * value for value in ended(digit_runs.runs)),
)
states("Ours begin with `gain=4`", LeNet.__init__.__defaults__[0])
states(
    "Our digits are 3,600, varied anew in each of 50 epochs, theirs all 60,000.",
    *(digit_runs.n_train, digit_runs.runs[0]["epochs"], cited(60_000)),
)
states("are neighbours reached 0.897 on", cited(0.897))

chosen = lenets.shipped["lenet"]["seed"]
(typical,) = lenets.select(model="lenet", seed=chosen)
assert typical["test_accuracy"][-1] == sorted(last(sigmoid))[2]
states("the third best of five, trained on all 60,000 images.", typical["n_train"])
states("comes from testing on 2,000 images", len(test_set))
family = torch.zeros(10, device=device)  # trousers: 0
family[[0, 2, 3, 4, 6]], family[[5, 7, 9]], family[8] = 1, 2, 3
within = (family[said] == family[truth])[wrong].float().mean()
states("Of 313 mistakes, 91 % stay within a family", wrong.sum(), 100 * within)
shirts = confusion[6]
assert (confusion.diag() >= shirts[6]).all()
states("Shirts fare worst: of 200, only 92 are called shirts.", shirts.sum(), shirts[6])
states("[map 3 of the first convolution]", 3)
states("[map 0](#clothes?picked=features.0,0,12,4&level=layer) along right ones.", 0)

weights_, gradients, besides = megabytes(dense_net(), x)
states("Count it for a batch of 32, with LeNet", len(x))
fewer, _, kept = megabytes(LeNet(), x)
assert fewer < weights_ and 5 < kept / besides < 6
states("For the dense network all three make about 3 MB.", weights_ + gradients + besides)
states(
    "Long and Zeng {cite}`long2022` report 708 MB on a GPU and 870 MB on a CPU",
    cited(708),
    cited(870),
)

states("log 10 is the loss of knowing nothing.", 10)
states("√2 times (He) before a ReLU.", nn.init.calculate_gain("relu") ** 2)
states("Exercises 1 to 4 check themselves", 1, 4)
states("gives `nan` for scores of (1000, 0), and", *large[0])
states("$e^{1000}$ is infinite in 32 bits", 32)
states("which has been rounded to 0.", F.softmax(-large, 1)[0, 0])
states("a recall of 0.46 and a precision of 0.69.", recall[6], precision[6])
states("on 1,000 digits, five epochs at a rate of 0.1, with", len(some), 0.1)
states("1,000 test images leave an error", len(held_out))
