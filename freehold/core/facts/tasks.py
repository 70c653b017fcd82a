"""Names that the Hub gives to tasks, libraries and file formats, and the signs they are known by."""

_TASKS_TEXT = """
    any-to-any audio-classification audio-text-to-text audio-to-audio automatic-speech-recognition
    depth-estimation document-question-answering feature-extraction fill-mask graph-ml image-classification
    image-feature-extraction image-segmentation image-text-to-image image-text-to-text image-text-to-video
    image-to-3d image-to-image image-to-text image-to-video keypoint-detection mask-generation multiple-choice
    object-detection question-answering reinforcement-learning robotics sentence-similarity summarization
    table-question-answering table-to-text tabular-classification tabular-regression tabular-to-text
    text-classification text-generation text-retrieval
    text-ranking text-to-3d text-to-audio text-to-image text-to-speech text-to-video text2text-generation
    time-series-forecasting token-classification translation unconditional-image-generation video-classification
    video-text-to-text video-to-video visual-document-retrieval visual-question-answering voice-activity-detection
    zero-shot-classification zero-shot-image-classification zero-shot-object-detection
"""
TASKS = frozenset(_TASKS_TEXT.split())

_LIBRARIES_TEXT = """
    adapter-transformers allennlp asteroid bertopic big_vision bm25s chronos-forecasting diffusers diffusion-single-file
    espnet executorch fairseq fastai fasttext flair flax gliner keras keras-hub kernels lerobot litert llama-cpp-python
    mamba-ssm mlc-llm mlx mlx-image model2vec moshi nemo open_clip paddlenlp PaddleOCR peft pyannote-audio pythae
    rkllm sam2 scikit-learn sentence-transformers setfit sklearn spacy span-marker speechbrain stable-audio-tools
    stable-baselines3 stanza tabpfn tensorflowtts tensorrt tf-keras timesfm timm transformers transformers.js
    ultralytics unity-sentis whisperkit
"""
LIBRARIES = frozenset(_LIBRARIES_TEXT.split())

SPEECH_SEQ2SEQ = frozenset(("whisper", "speech_to_text", "speecht5", "moonshine", "seamless_m4t", "seamless_m4t_v2"))
_SEQ2SEQ_TEXT = """
    bart bigbird_pegasus blenderbot blenderbot-small fsmt led longt5 m2m_100 marian mbart mt5 mvp nllb-moe pegasus
    pegasus_x plbart prophetnet switch_transformers t5 umt5
"""
SEQ2SEQ = frozenset(_SEQ2SEQ_TEXT.split())

BY_ARCHITECTURE: tuple[tuple[str, str, str | None], ...] = (
    # Longer endings stand before those that they end in.
    ("ForCausalLM", "AutoModelForCausalLM", "text-generation"),
    ("LMHeadModel", "AutoModelForCausalLM", "text-generation"),
    ("ForMaskedLM", "AutoModelForMaskedLM", "fill-mask"),
    ("ForSequenceClassification", "AutoModelForSequenceClassification", "text-classification"),
    ("ForTokenClassification", "AutoModelForTokenClassification", "token-classification"),
    ("ForVisualQuestionAnswering", "AutoModelForVisualQuestionAnswering", "visual-question-answering"),
    ("ForDocumentQuestionAnswering", "AutoModelForDocumentQuestionAnswering", "document-question-answering"),
    ("ForTableQuestionAnswering", "AutoModelForTableQuestionAnswering", "table-question-answering"),
    ("ForQuestionAnswering", "AutoModelForQuestionAnswering", "question-answering"),
    ("ForMultipleChoice", "AutoModelForMultipleChoice", "multiple-choice"),
    ("MTModel", "AutoModelForSeq2SeqLM", "translation"),
    ("ForZeroShotImageClassification", "AutoModelForZeroShotImageClassification", "zero-shot-image-classification"),
    ("ForZeroShotObjectDetection", "AutoModelForZeroShotObjectDetection", "zero-shot-object-detection"),
    ("ForImageClassification", "AutoModelForImageClassification", "image-classification"),
    ("ForObjectDetection", "AutoModelForObjectDetection", "object-detection"),
    ("ForSemanticSegmentation", "AutoModelForSemanticSegmentation", "image-segmentation"),
    ("ForInstanceSegmentation", "AutoModelForInstanceSegmentation", "image-segmentation"),
    ("ForUniversalSegmentation", "AutoModelForUniversalSegmentation", "image-segmentation"),
    ("ForDepthEstimation", "AutoModelForDepthEstimation", "depth-estimation"),
    ("ForVideoClassification", "AutoModelForVideoClassification", "video-classification"),
    ("ForAudioClassification", "AutoModelForAudioClassification", "audio-classification"),
    ("ForCTC", "AutoModelForCTC", "automatic-speech-recognition"),
    ("ForSpeechSeq2Seq", "AutoModelForSpeechSeq2Seq", "automatic-speech-recognition"),
    ("ForTextToWaveform", "AutoModelForTextToWaveform", "text-to-audio"),
    ("ForTextToSpeech", "AutoModelForTextToSpectrogram", "text-to-speech"),
    ("ForMaskGeneration", "AutoModelForMaskGeneration", "mask-generation"),
    ("VisionEncoderDecoderModel", "AutoModelForVision2Seq", "image-to-text"),
    ("CLIPModel", "AutoModelForZeroShotImageClassification", "zero-shot-image-classification"),
    ("ForPreTraining", "AutoModelForPreTraining", None),
    ("Model", "AutoModel", "feature-extraction"),
)

FORMATS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("pytorch", (".bin", ".pt", ".pth", ".ckpt")),
    ("tf", (".h5",)),
    ("jax", (".msgpack",)),
    ("rust", (".ot",)),
    ("onnx", (".onnx",)),
    ("safetensors", (".safetensors",)),
    ("gguf", (".gguf",)),
    ("coreml", (".mlmodel", ".mlpackage")),
    ("openvino", ("openvino_model.xml",)),
    ("tflite", (".tflite",)),
    ("keras", (".keras",)),
    ("joblib", (".joblib",)),
    ("tensorboard", (".tfevents",)),
)
"""A model's format tags and the endings of file names that earn them."""
